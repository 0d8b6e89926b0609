/**
 * Eviction: which entries go when the table is full, under attack, or after their server was removed.
 *
 * The `drop_entry` defense and a full table with the policy `drop` evict by the same rules. Evicted are: TCP and SCTP
 * connections that wait for the client (SYN_RECV, SYNACK; INIT1, INIT); established ones, and all of UDP, that were
 * idle for 60 s after 1 to 8 packets, of those with n packets the first and then each n-th; templates that are not
 * ASSURED, those of one-packet services by the rule for idle entries (a template counts packets for synchronization
 * only); never an entry that controls others. The defense draws slots at random, with replacement, as the kernel
 * draws rows of its table; a full table visits entries in turn. Cost: constant per entry visited.
 */
import type { RealServer } from '../model/real-server.js';
import { type Entries, TEMPLATE_ASSURED } from './entries/entries.js';
import { PROTOCOL_SCTP, PROTOCOL_TCP } from './entries/flags.js';
import type { Lifecycle } from './lifecycle.js';
import { SCTP_ESTABLISHED, SCTP_INIT, SCTP_INIT1 } from './states/sctp.js';
import { TCP_ESTABLISHED, TCP_SYN_RECV, TCP_SYNACK } from './states/tcp.js';

const NONE = -1;
const IDLE_MS = 60_000;
const MOST_PACKETS = 8;
/** The defense draws 1/32 of the slots each second. */
const SWEPT_PART = 32;
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
  /**
   * Whether a template, which has a firewall mark or 0, belongs to a one-packet service; set by the director.
   *
   * @internal
   */
  isOfOnePacket: (slot: number, mark: number) => boolean = never;
  private readonly entries: Entries;
  private readonly lifecycle: Lifecycle;
  private readonly makesRoom: boolean;
  /** The entry that was visited last. */
  private cursor = NONE;
  /** How many visits of idle entries there are up to the next eviction, by their number of packets. */
  private readonly waiting = new Uint8Array(MOST_PACKETS + 1);

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

  /**
   * Does the work of one second of `drop_entry`: draws 1/32 of the slots with replacement, and drops the entries that
   * the rules evict. They leave when the table is advanced to a later time.
   *
   * @param now - The present time in milliseconds.
   * @param seed - Decides the draws; any integer.
   * @returns How many entries were dropped.
   */
  sweep(now: number, seed: number): number {
    const { entries, lifecycle } = this;
    const { span } = entries.store;
    const part = span / SWEPT_PART;
    const draws = Math.floor(part + draw(seed, 0));
    let dropped = 0;
    for (let number = 1; number <= draws; number++) {
      const slot = Math.floor(draw(seed, number) * span);
      // An entry that is due was dropped already.
      if (!entries.isLive(slot) || lifecycle.expiryMs(slot) <= now) continue;
      if (!this.evicts(slot, now)) continue;
      lifecycle.drop(slot, now);
      dropped++;
    }
    this.dropped += dropped;
    return dropped;
  }

  /** Whether the rules evict any of the entries once it is idle. Cost: visits all entries. */
  canEvict(): boolean {
    const { entries } = this;
    for (let slot = entries.next(NONE); slot !== NONE; slot = entries.next(slot)) {
      const kind = this.kindOf(slot);
      if (kind === 'at once' || (kind === 'when idle' && this.isCounted(slot))) return true;
    }
    return false;
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
    const kind = this.kindOf(slot);
    return kind === 'when idle' ? this.evictsIdle(slot, now) : kind === 'at once';
  }

  private kindOf(slot: number): EvictionKind {
    const { entries } = this;
    if (entries.controlled(slot) > 0) return 'never';
    const state = entries.state(slot);
    if (entries.isTemplate(slot)) {
      if ((state & TEMPLATE_ASSURED) !== 0) return 'never';
      return this.isOfOnePacket(slot, entries.mark(slot)) ? 'when idle' : 'at once';
    }
    const protocol = entries.protocol(slot);
    if (protocol === PROTOCOL_TCP) return kindOfState(state, TCP_OPENING, TCP_ESTABLISHED);
    if (protocol === PROTOCOL_SCTP) return kindOfState(state, SCTP_OPENING, SCTP_ESTABLISHED);
    return 'when idle';
  }

  private evictsIdle(slot: number, now: number): boolean {
    const { entries, waiting } = this;
    const usedMs = this.lifecycle.expiryMs(slot) - entries.timeoutMs(slot);
    if (now - usedMs < IDLE_MS || !this.isCounted(slot)) return false;
    const packets = entries.packets(slot);
    if (waiting[packets] > 1) {
      waiting[packets]--;
      return false;
    }
    waiting[packets] = packets;
    return true;
  }

  private isCounted(slot: number): boolean {
    const packets = this.entries.packets(slot);
    return packets >= 1 && packets <= MOST_PACKETS;
  }
}

function never(): boolean {
  return false;
}

/** When an entry is evicted: whatever its age, once it was idle for 60 s, or never. */
type EvictionKind = 'at once' | 'when idle' | 'never';

/** The states in which a connection waits for its client. */
const TCP_OPENING: readonly number[] = [TCP_SYN_RECV, TCP_SYNACK];
const SCTP_OPENING: readonly number[] = [SCTP_INIT1, SCTP_INIT];

function kindOfState(state: number, opening: readonly number[], established: number): EvictionKind {
  if (opening.includes(state)) return 'at once';
  return state === established ? 'when idle' : 'never';
}

/** A draw from 0 up to 1, by seed and number alone: skipped seconds change no later draw. */
function draw(seed: number, number: number): number {
  let value = Math.imul(seed ^ Math.imul(number + 1, 0x9e37_79b1), 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 15), 0xc2b2_ae35);
  value = Math.imul(value ^ (value >>> 13), 0x27d4_eb2f);
  return ((value ^ (value >>> 16)) >>> 0) / 0x1_0000_0000;
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
