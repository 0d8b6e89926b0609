/**
 * The defences against floods: dropping packets that would open connections (`drop_packet`), dropping
 * half-open and idle entries (`drop_entry`), and the stricter TCP state table (`secure_tcp`).
 *
 * Each is off (0), automatic and idle (1), automatic and at work (2) or always at work (3). Once a second
 * the automatic ones are switched by the free memory, which the user tells: below `amemthresh` they work.
 * Source: the documentation of the IPVS sysctls, and ipvsadm(8).
 */
import type { ConnectionStates } from '../connections/connection-states.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import { PROTOCOL_TCP } from '../connections/flags.js';
import { TCP_ESTABLISHED, TCP_SYN_RECV, TCP_SYNACK } from '../connections/tcp-state.js';
import type { Tunables } from './tunables.js';

/** Tells how much memory is free, in the unit of `amemthresh` (pages). */
export type FreeMemory = () => number;

/** How often the defences look at the memory and at entries. */
export const DEFENCE_INTERVAL_MS = 1000;

const AT_WORK = 2;
const ALWAYS = 3;
/** Each second this part of the table is looked at. */
const PARTS = 32;
/** Entries that are used this often are left in peace. */
const FEW_PACKETS = 8;
const IDLE_MS = 60_000;
const ASSURED = 1;

/** Drops every n-th packet that would open a connection, while `drop_packet` is at work. */
export class PacketDropper {
  /** Every how many packets one is dropped, while the defence is automatic. */
  rate = 1;
  private readonly tunables: Tunables;
  private waiting = 0;

  /** @param tunables - The director's tunables. */
  constructor(tunables: Tunables) {
    this.tunables = tunables;
  }

  /**
   * Counts a packet that would open a connection.
   *
   * @returns Whether it is the one to drop.
   */
  isDue(): boolean {
    const { drop_packet: mode, am_droprate: always } = this.tunables.values;
    if (mode < AT_WORK) return false;
    if (--this.waiting > 0) return false;
    this.waiting = mode === ALWAYS ? always : this.rate;
    return true;
  }
}

/** Drops entries that look abandoned, a part of the table at a time. */
export class EntryDropper {
  private readonly table: ConnectionTable;
  /** By number of packets: how many more such entries are spared. */
  private readonly spared = new Int32Array(FEW_PACKETS + 1);
  private last = -1;

  /** @param table - The table. */
  constructor(table: ConnectionTable) {
    this.table = table;
  }

  /**
   * Looks at the next part of the table.
   *
   * @param now - The present time in milliseconds.
   * @returns How many entries were told to go.
   */
  drop(now: number): number {
    const { table } = this;
    let dropped = 0;
    for (let left = Math.ceil(table.size / PARTS); left > 0; left--) {
      this.last = table.next(this.last);
      if (this.last < 0) break;
      if (!this.mayGo(this.last, now)) continue;
      table.drop(this.last, now);
      dropped += 1;
    }
    return dropped;
  }

  private mayGo(slot: number, now: number): boolean {
    const { table } = this;
    if (table.controlled(slot) > 0) return false;
    const state = table.state(slot);
    if (table.isTemplate(slot)) return state !== ASSURED;
    if (table.protocol(slot) !== PROTOCOL_TCP) return this.isIdle(slot, now);
    if (state === TCP_SYN_RECV || state === TCP_SYNACK) return true;
    return state === TCP_ESTABLISHED && this.isIdle(slot, now);
  }

  /** Whether an entry is idle and little used, of which one in as many as it had packets goes. */
  private isIdle(slot: number, now: number): boolean {
    const { table, spared } = this;
    const lastUse = table.expiryMs(slot) - table.timeoutMs(slot);
    const packets = table.packets(slot);
    if (now - lastUse < IDLE_MS || packets < 1 || packets > FEW_PACKETS) return false;
    spared[packets] -= 1;
    if (spared[packets] > 0) return false;
    spared[packets] = packets;
    return true;
  }
}

/** Puts the defences to work and to rest. */
export class Defences {
  /** The `drop_packet` defence. */
  readonly packets: PacketDropper;
  private readonly entries: EntryDropper;
  private readonly tunables: Tunables;
  private readonly states: ConnectionStates;
  private readonly freeMemory: FreeMemory;

  /**
   * @param tunables - The director's tunables, of which automatic defences switch their own.
   * @param table - The connections.
   * @param states - The state machines.
   * @param freeMemory - Tells the free memory.
   */
  constructor(
    tunables: Tunables,
    table: ConnectionTable,
    states: ConnectionStates,
    freeMemory: FreeMemory,
  ) {
    this.tunables = tunables;
    this.states = states;
    this.freeMemory = freeMemory;
    this.packets = new PacketDropper(tunables);
    this.entries = new EntryDropper(table);
  }

  /** Takes changed tunables into account. */
  refresh(): void {
    this.states.secureTcp = this.tunables.values.secure_tcp >= AT_WORK;
  }

  /**
   * What is done each second.
   *
   * @param now - The present time in milliseconds.
   */
  tick(now: number): void {
    const { tunables } = this;
    const free = this.freeMemory();
    const threshold = tunables.values.amemthresh;
    const isScarce = free < threshold;
    if (isScarce) this.packets.rate = Math.max(1, Math.floor(threshold / (threshold - free)));
    for (const name of ['drop_entry', 'drop_packet', 'secure_tcp'] as const) {
      const mode = tunables.values[name];
      if (mode === 1 && isScarce) tunables.set(name, AT_WORK);
      else if (mode === AT_WORK && !isScarce) tunables.set(name, 1);
    }
    this.refresh();
    if (tunables.values.drop_entry >= AT_WORK) this.entries.drop(now);
  }
}
