/**
 * Eviction: which entries go when the table is full, under attack, or after their server was removed.
 *
 * The `drop_entry` defense and a full table with the policy `drop` evict by the same rules. Evicted are: TCP
 * connections that wait for the client (SYN_RECV, SYNACK); established ones, and those of other protocols, that were
 * idle for 60 s after 1 to 8 packets, of those with n packets one in n; templates that are not ASSURED; never an
 * entry that controls others. Cost: constant per entry visited.
 */
import type { RealServer } from '../model/real-server.js';
import { type Entries, TEMPLATE_ASSURED } from './entries/entries.js';
import { PROTOCOL_TCP } from './entries/flags.js';
import type { Lifecycle } from './lifecycle.js';
import { TCP_ESTABLISHED, TCP_SYN_RECV, TCP_SYNACK } from './states/tcp.js';

const NONE = -1;
const IDLE_MS = 60_000;
const MOST_PACKETS = 8;
/** Entries that are visited at most to make room for one entry. */
const ROOM_BUDGET = 64;

/** Makes room in a table, or refuses new entries. */
export class Eviction {
  /** New entries that were refused because the table was full. */
  refused = 0;
  /** Entries that were evicted. */
  dropped = 0;
  /** How many entries there may be. */
  readonly limit: number;
  private readonly entries: Entries;
  private readonly lifecycle: Lifecycle;
  private readonly makesRoom: boolean;
  /** The entry that was visited last. */
  private cursor = NONE;
  /** Idle entries seen since the last eviction, by their number of packets. */
  private readonly passed = new Uint8Array(MOST_PACKETS + 1);

  /**
   * @param entries - The entries.
   * @param lifecycle - Ends entries.
   * @param limit - How many entries there may be.
   * @param makesRoom - Whether a full table evicts entries; else it refuses new ones.
   */
  constructor(entries: Entries, lifecycle: Lifecycle, limit: number, makesRoom: boolean) {
    this.entries = entries;
    this.lifecycle = lifecycle;
    this.limit = limit;
    this.makesRoom = makesRoom;
  }

  /** Whether a new entry may be made; a full table evicts one first, or counts a refusal. */
  admits(now: number): boolean {
    if (this.lifecycle.size < this.limit || this.makeRoom(now)) return true;
    this.refused++;
    return false;
  }

  /** Makes room for some entries; `true` when there is room, or a full table refuses anyway. */
  makeRoomFor(count: number, now: number): boolean {
    if (!this.makesRoom) return true;
    while (this.lifecycle.size + count > this.limit) if (!this.makeRoom(now)) return false;
    return true;
  }

  /** Visits some entries in turn, and lets those that the rules evict expire. Returns how many these are. */
  sweep(now: number, count: number): number {
    let dropped = 0;
    for (let left = Math.min(count, this.lifecycle.size); left > 0; left--) {
      const slot = this.nextInTurn();
      if (!this.evicts(slot, now)) continue;
      this.lifecycle.drop(slot, now);
      dropped++;
    }
    this.dropped += dropped;
    return dropped;
  }

  /** Evicts one of the next few entries, if the rules allow it. */
  private makeRoom(now: number): boolean {
    if (!this.makesRoom) return false;
    const budget = Math.min(ROOM_BUDGET, this.lifecycle.size);
    for (let visited = 0; visited < budget; visited++) {
      const slot = this.nextInTurn();
      if (!this.evicts(slot, now)) continue;
      this.lifecycle.dropAtOnce(slot, now);
      this.dropped++;
      return true;
    }
    return false;
  }

  /** The next entry in turn, from the last one to the first; there has to be one. */
  private nextInTurn(): number {
    this.cursor = this.entries.next(this.cursor);
    if (this.cursor === NONE) this.cursor = this.entries.next(NONE);
    return this.cursor;
  }

  /** Whether the rules evict an entry. A visit counts for the one in n. */
  private evicts(slot: number, now: number): boolean {
    const { entries } = this;
    if (entries.controlled(slot) > 0) return false;
    const state = entries.state(slot);
    if (entries.isTemplate(slot)) return (state & TEMPLATE_ASSURED) === 0;
    if (entries.protocol(slot) !== PROTOCOL_TCP) return this.evictsIdle(slot, now);
    if (state === TCP_SYN_RECV || state === TCP_SYNACK) return true;
    return state === TCP_ESTABLISHED && this.evictsIdle(slot, now);
  }

  private evictsIdle(slot: number, now: number): boolean {
    const { entries } = this;
    const usedMs = this.lifecycle.expiryMs(slot) - entries.timeoutMs(slot);
    if (now - usedMs < IDLE_MS) return false;
    const packets = entries.packets(slot);
    if (packets < 1 || packets > MOST_PACKETS) return false;
    this.passed[packets] = (this.passed[packets] + 1) % packets;
    return this.passed[packets] === 0;
  }
}

/** The members of a table that {@link removeOrphans} uses. */
export interface OrphanTable {
  /** The next entry in slot order, or −1. */
  next(after: number): number;
  /** The server of an entry. */
  server(slot: number): RealServer | undefined;
  /** How many entries an entry controls. */
  controlled(slot: number): number;
  /** Removes an entry; returns its controller, or −1. */
  remove(slot: number): number;
}

/**
 * Removes entries of servers that were removed, in slot order, as `expire_nodest_conn` asks for.
 *
 * Every such entry that controls nothing goes at once, and its template with it, ASSURED or not, once that controls
 * nothing. Cost: one visit per slot, metered by the caller.
 *
 * @param table - The table.
 * @param after - The slot after which to start: −1, then the result of the last call.
 * @param budget - How many entries to visit; default: all.
 * @returns The last slot that was visited; −1 when all were.
 */
export function removeOrphans(
  table: OrphanTable,
  after: number = NONE,
  budget: number = Infinity,
): number {
  let slot = table.next(after);
  for (let visited = 1; slot !== NONE; visited++) {
    if (table.server(slot)?.available === false && table.controlled(slot) === 0) {
      let controller = table.remove(slot);
      while (controller !== NONE && table.controlled(controller) === 0) {
        controller = table.remove(controller);
      }
    }
    if (visited >= budget) return slot;
    slot = table.next(slot);
  }
  return NONE;
}
