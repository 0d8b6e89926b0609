/**
 * The defenses against floods: dropping packets that would open connections (`drop_packet`), dropping half-open and
 * idle entries (`drop_entry`; `connections/eviction.ts` says which), and the stricter TCP state table (`secure_tcp`).
 *
 * Each is off (0), automatic and inactive (1), automatic and active (2) or always active (3). Once a second
 * the automatic ones are switched by the free memory, an option of the director: below `amemthresh` they are
 * active.
 * Source: the documentation of the IPVS sysctls, and ipvsadm(8).
 */
import type { StateMachine } from '../connections/state-machine.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import { randomBelow, type RandomSource } from '../random.js';
import type { Tunables } from './tunables.js';

/** Measures the free memory, in the unit of `amemthresh` (pages). */
export type FreeMemory = () => number;

/** How often the defenses check the memory and visit entries. */
export const DEFENSE_INTERVAL_MS = 1000;

const ACTIVE = 2;
const ALWAYS = 3;
/** An entry that can be dropped is so within this time on average, and no later than the next check finds it. */
const CHECK_SECONDS = 320;
/** All entries are idle after so many seconds without packet. */
const IDLE_SECONDS = 60;
/** After so many seconds without packet, drop or removal the entries are checked: perhaps none can be dropped any more. */
const QUIET_SECONDS: number = IDLE_SECONDS + CHECK_SECONDS;

/** Drops every n-th packet that would open a connection, while `drop_packet` is active. */
export class PacketDropper {
  /** Every how many packets one is dropped; 0 while the defense is inactive. */
  rate = 0;
  /** How many packets pass before the next one is dropped. */
  waiting = 0;

  /**
   * Counts a packet that would open a connection.
   *
   * @returns Whether it is the one to drop.
   */
  isDue(): boolean {
    if (this.rate === 0 || --this.waiting > 0) return false;
    this.waiting = this.rate;
    return true;
  }
}

/** The state of a director's defenses, as plain JSON. */
export interface DefensesState {
  /** Every how many packets `drop_packet` drops one; 0 while it is inactive. */
  readonly rate: number;
  /** How many packets it lets pass before the next one. */
  readonly waiting: number;
}

/** Activates and deactivates the defenses. */
export class Defenses {
  /** The `drop_packet` defense. */
  readonly packets: PacketDropper;
  private readonly table: ConnectionTable;
  private readonly random: RandomSource;
  /** Decides the draws of `drop_entry`; drawn when that is active for the first time. */
  private seed: number | undefined;
  /** Seconds without packet, drop or removal, and the number of entries at the last one. */
  private quietSeconds = 0;
  private sizeBefore = 0;
  private readonly tunables: Tunables;
  private readonly states: StateMachine;
  private readonly freeMemory: FreeMemory;

  /**
   * @param tunables - The director's tunables, of which automatic defenses switch their own.
   * @param table - The connections.
   * @param freeMemory - Measures the free memory.
   * @param random - Decides the draws of `drop_entry`.
   */
  constructor(
    tunables: Tunables,
    table: ConnectionTable,
    freeMemory: FreeMemory,
    random: RandomSource,
  ) {
    this.tunables = tunables;
    this.states = table.states;
    this.freeMemory = freeMemory;
    this.random = random;
    this.packets = new PacketDropper();
    this.table = table;
  }

  /** Notes that packets may have come since the last tick. */
  resume(): void {
    this.quietSeconds = 0;
  }

  /**
   * Compares the free memory with `amemthresh`, and activates and deactivates the defenses. Due each second, and when
   * one of the three gets another value.
   */
  refresh(): void {
    const { tunables } = this;
    const free = this.freeMemory();
    const { amemthresh } = tunables.values;
    const isScarce = free < amemthresh;
    for (const name of ['drop_entry', 'drop_packet', 'secure_tcp'] as const) {
      const mode = tunables.values[name];
      if (mode === 1 && isScarce) tunables.set(name, ACTIVE);
      else if (mode === ACTIVE && !isScarce) tunables.set(name, 1);
    }
    this.setRate(amemthresh, free);
    this.states.secureTcp = tunables.values.secure_tcp >= ACTIVE;
  }

  /** An automatic `drop_packet` begins to count at each look; one that is always active goes on counting. */
  private setRate(threshold: number, free: number): void {
    const { packets } = this;
    const { drop_packet: mode, am_droprate: always } = this.tunables.values;
    if (mode === ACTIVE) {
      packets.rate = Math.floor(threshold / (threshold - free));
      packets.waiting = packets.rate;
    } else {
      packets.rate = mode === ALWAYS ? always : 0;
    }
  }

  /**
   * Does the work of one second. The free memory is read once for all ticks of one jump of the clock.
   *
   * @param now - The moment of the tick in milliseconds.
   * @returns Up to when further ticks change nothing, if no packet comes; `now` when the next tick may.
   */
  tick(now: number): number {
    this.refresh();
    if (!this.isSweeping) return Infinity;
    this.sweep(now);
    if (this.quietSeconds < QUIET_SECONDS) return now;
    if (!this.table.eviction.canEvict()) return this.table.nextDueMs();
    this.quietSeconds = IDLE_SECONDS;
    return now;
  }

  /**
   * Saves the position of `drop_packet`; the draws of `drop_entry` are others after a restore.
   *
   * @returns Plain JSON for {@link Defenses.restore}.
   */
  toJSON(): DefensesState {
    const { rate, waiting } = this.packets;
    return { rate, waiting };
  }

  /**
   * Restores the position of `drop_packet`.
   *
   * @param state - What {@link Defenses.toJSON} gave.
   */
  restore(state: DefensesState): void {
    this.refresh();
    this.packets.rate = state.rate;
    this.packets.waiting = state.waiting;
  }

  /** Whether `drop_entry` is active. */
  private get isSweeping(): boolean {
    return this.tunables.values.drop_entry >= ACTIVE;
  }

  /** Each tick has its own draws, whatever the ticks before were, so that ticks without effect can be skipped. */
  private sweep(now: number): void {
    const { table } = this;
    const isSame = table.size === this.sizeBefore;
    this.seed ??= randomBelow(this.random, 0x1_0000_0000);
    const dropped = table.eviction.sweep(now, this.seed ^ Math.imul(Math.floor(now), 0x9e37_79b1));
    this.quietSeconds = isSame && dropped === 0 ? this.quietSeconds + 1 : 0;
    this.sizeBefore = table.size;
  }
}
