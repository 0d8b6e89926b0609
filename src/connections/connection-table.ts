/**
 * The connection table: births, uses, timers and deaths of entries, and the counters of the servers they
 * are bound to.
 *
 * Entries are slot numbers on the hot path; times are milliseconds of the caller's clock, rounded up to
 * whole ones. A timer due at T runs in the first {@link ConnectionTable.advance} whose time is later than
 * T; until it has run the entry is found. The sum over the servers' counters always equals the table's
 * contents. Cost: constant per call, table growth included; no allocation in look-ups and uses.
 */
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import { seededRandom, systemRandom, type RandomSource } from '../random.js';
import { requireInteger } from '../errors.js';
import { PORT_AS_VIRTUAL } from './bindings.js';
import { Connection } from './connection.js';
import type { ConnectionKey } from './connection-key.js';
import { countBirth, countDeath } from './counters.js';
import { EntryEditor, TEMPLATE_ASSURED } from './entry-editor.js';
import {
  FLAG_BITS,
  FLAG_HASHED,
  FLAG_INACTIVE,
  FLAG_NO_CLIENT_PORT,
  FLAG_NO_OUTPUT,
  FLAG_TEMPLATE,
  METHOD_FLAGS,
} from './flags.js';
import {
  ARMED,
  BINDING,
  BINDING_BITS,
  CHUNK_MASK,
  CHUNK_SHIFT,
  CLIENT,
  CONTROL,
  EXPIRY,
  MAX_SLOTS,
  META,
  META_DROPPED,
  META_EXPIRING,
  META_IPV6,
  PACKETS,
  PORTS,
  PROTOCOL_SHIFT,
  RECORD_WORDS,
  TIMEOUT,
  VIRTUAL,
} from './record.js';
import { TimerWheel } from './timer-wheel.js';

/** The timeout of a new entry until its protocol sets another one. */
export const BIRTH_TIMEOUT_MS = 3000;
/** What a template is re-armed for when its time is up and it still controls connections. */
export const REARM_MS = 60_000;
/** The greatest timeout: 32 days. */
export const MAX_TIMEOUT_MS: number = 32 * 86_400_000;
const NONE = -1;

/** Settings of a {@link ConnectionTable}. */
export interface ConnectionTableOptions {
  /** Decides the hash function, for reproducible runs; default: drawn from `random`. */
  readonly seed?: number;
  /** Draws the hash function when no seed is given; default: the platform's source. */
  readonly random?: RandomSource;
  /** How many entries there may be, 1–67108863; default 67108863. */
  readonly limit?: number;
  /** By how much timers are taken to run late when a template is re-armed, in milliseconds; default 0. */
  readonly timerLatenessMs?: number;
}

/** Who is told about entries, before the fact. */
export interface ConnectionTableObserver {
  /**
   * An entry is about to leave the table; it can still be read.
   *
   * @param slot - The entry.
   */
  connectionRemoved?(slot: number): void;
  /**
   * A template whose time was up was re-armed, because it still controls connections.
   *
   * @param slot - The template.
   */
  templateRearmed?(slot: number): void;
}

/** What a table holds and takes. */
export interface ConnectionTableStatistics {
  /** Entries, templates included. */
  readonly size: number;
  /** Bytes of the records, the index and the timers. */
  readonly bytes: number;
  /** Slots for entries, used or free. */
  readonly slots: number;
  /** New entries that were refused because the table was full. */
  readonly refused: number;
}

/** All connections and templates of a director or a virtual service. */
export class ConnectionTable extends EntryEditor {
  /** Who is told about entries that leave or are re-armed. */
  observer: ConnectionTableObserver = {};
  /** How many entries there may be. */
  readonly limit: number;
  private readonly latenessMs: number;
  private readonly timers = new TimerWheel(this.store, this);
  private armed = 0;
  private refused = 0;

  /**
   * @param options - Hash seed, limit, lateness of timers.
   * @throws {RangeError} When the limit or the lateness is out of range.
   */
  constructor(options: ConnectionTableOptions = {}) {
    const { seed, random = systemRandom } = options;
    super(seed === undefined ? random : seededRandom(seed));
    this.limit = requireInteger('connection limit', options.limit ?? MAX_SLOTS, 1, MAX_SLOTS);
    this.latenessMs = requireInteger('lateness', options.timerLatenessMs ?? 0, 0, 1000);
  }

  /** How many entries there are, templates included. */
  get size(): number {
    return this.index.size;
  }

  /** Whether there is no room for another entry. */
  get full(): boolean {
    return this.size >= this.limit;
  }

  /** What the table holds and takes. */
  get statistics(): ConnectionTableStatistics {
    const bytes = this.store.bytes + this.index.bytes + this.timers.bytes;
    return { size: this.size, bytes, slots: this.store.slots, refused: this.refused };
  }

  /**
   * Makes an entry that is bound to a server, and counts it there. It starts in state 0 with a timeout of
   * 3 s and found before older entries of the same key.
   *
   * @param key - Protocol, client, virtual endpoint.
   * @param now - The present time in milliseconds.
   * @param server - The server.
   * @param serverPort - The server-side port of this entry.
   * @param flags - Besides the server's method: TEMPLATE, NO_CPORT, SYNC, sequence flags; default none.
   * @param mark - The firewall mark by which the service was found; default 0.
   * @param active - Whether the entry is born active, as some synchronised ones are; default `false`.
   * @returns The slot, or −1 when the table is full.
   */
  insert(
    key: ConnectionKey,
    now: number,
    server: RealServer,
    serverPort: number,
    flags = 0,
    mark = 0,
    active = false,
  ): number {
    const port = serverPort === key.virtualPort ? PORT_AS_VIRTUAL : serverPort;
    if (this.full) return this.refuse();
    const row = this.bindings.take(server, port, mark);
    const method = METHOD_FLAGS[server.forwardingMethod];
    const output = method === 0 ? 0 : FLAG_NO_OUTPUT;
    const slot = this.create(key, now, row, flags | method | output, active);
    if (slot !== NONE) countBirth(server, (flags & FLAG_TEMPLATE) !== 0, active);
    return slot;
  }

  /**
   * Makes an entry whose server is not known here, as synchronisation does; nothing is counted.
   *
   * @param key - Protocol, client, virtual endpoint.
   * @param now - The present time in milliseconds.
   * @param serverAddress - The server-side address.
   * @param serverPort - The server-side port.
   * @param flags - All flags, the method included.
   * @param mark - The firewall mark; default 0.
   * @returns The slot, or −1 when the table is full.
   */
  insertUnbound(
    key: ConnectionKey,
    now: number,
    serverAddress: IpAddress,
    serverPort: number,
    flags: number,
    mark = 0,
  ): number {
    if (this.full) return this.refuse();
    const port = serverPort === key.virtualPort ? PORT_AS_VIRTUAL : serverPort;
    const row = this.bindings.takeAddress(serverAddress, port, mark);
    return this.create(key, now, row, flags, (flags & FLAG_INACTIVE) === 0);
  }

  /**
   * Restarts an entry's timer from its timeout.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   */
  touch(slot: number, now: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    if ((records[offset + META] & META_DROPPED) !== 0) records[offset + TIMEOUT] = 0;
    this.arm(slot, Math.ceil(now) + (records[offset + TIMEOUT] >>> 0));
  }

  /**
   * Lets an entry's timer fire as soon as time moves on; one that is due earlier anyway is left.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   */
  expireNow(slot: number, now: number): void {
    const due = Math.ceil(now);
    if (this.expiryMs(slot) <= due) return;
    this.arm(slot, due);
    this.write(slot, META, this.word(slot, META) | META_EXPIRING);
  }

  /**
   * Like {@link ConnectionTable.expireNow}; with an entry that has a controller, the controller goes
   * too when nothing else hangs on it, unless it is ASSURED.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   */
  drop(slot: number, now: number): void {
    if (this.controller(slot) !== NONE) {
      this.write(slot, META, this.word(slot, META) | META_DROPPED);
    }
    this.expireNow(slot, now);
  }

  /**
   * Takes an entry out of the table at once, and out of its server's counters.
   *
   * @param slot - The entry; if it controls others they lose their controller's count, so it must control none.
   * @returns The controller's slot when there is one, else −1; it is still in the table.
   */
  remove(slot: number): number {
    this.observer.connectionRemoved?.(slot);
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const meta = records[offset + META];
    const row = records[offset + BINDING] & BINDING_BITS;
    const template = (meta & FLAG_TEMPLATE) !== 0;
    const controller = template ? NONE : records[offset + CONTROL] - 1;
    this.index.remove(slot, this.hashOf(slot));
    this.timers.unlink(slot);
    if ((meta & FLAG_NO_CLIENT_PORT) !== 0) this.withoutClientPort--;
    countDeath(this.bindings.servers[row], template, (meta & FLAG_INACTIVE) === 0);
    this.bindings.release(row);
    this.store.release(slot);
    if (controller !== NONE) this.write(controller, CONTROL, this.word(controller, CONTROL) - 1);
    return controller;
  }

  /**
   * Runs the timers that are due before a moment.
   *
   * @param now - The present time in milliseconds.
   * @param budget - How many units of work may be done, one per timer run or entry moved; default: all.
   * @returns Whether everything due was done; `false` when the budget was used up before.
   */
  advance(now: number, budget: number = Infinity): boolean {
    return this.timers.run(Math.ceil(now), budget);
  }

  /**
   * The earliest moment at which {@link ConnectionTable.advance} may have something to do.
   *
   * @returns Milliseconds; at that moment itself nothing runs yet, only after it. Infinity without entries.
   */
  nextDueMs(): number {
    return this.timers.nextDue();
  }

  /**
   * When an entry's timer is due.
   *
   * @param slot - The entry.
   * @returns Milliseconds of the caller's clock.
   */
  expiryMs(slot: number): number {
    return this.timers.timeOf(this.word(slot, EXPIRY));
  }

  /**
   * The next entry in slot order, to go through all: start with −1, and the table may change on the way.
   *
   * @param after - The last slot, or −1.
   * @returns A slot, or −1 at the end.
   */
  next(after: number): number {
    const { records } = this.store;
    for (let slot = after + 1; slot < this.store.slots; slot++) {
      const chunk = records[slot >> CHUNK_SHIFT];
      let offset = this.store.offsetOf(slot);
      for (; offset < chunk.length; offset += RECORD_WORDS) {
        if ((chunk[offset + META] & FLAG_HASHED) !== 0) {
          return (slot & ~CHUNK_MASK) + offset / RECORD_WORDS;
        }
      }
      slot |= CHUNK_MASK;
    }
    return NONE;
  }

  /**
   * A lasting handle of an entry.
   *
   * @param slot - The entry.
   * @returns A view that knows when the entry has gone.
   */
  connection(slot: number): Connection {
    return new Connection(this, slot, this.generation(slot));
  }

  /** Called by the timers. @internal */
  timerDue(slot: number): void {
    if (this.controlled(slot) > 0) {
      this.write(slot, TIMEOUT, REARM_MS);
      this.arm(slot, this.expiryMs(slot) + this.latenessMs + REARM_MS);
      this.timers.link(slot);
      this.observer.templateRearmed?.(slot);
      return;
    }
    const dropped = this.timeoutMs(slot) === 0;
    const controller = this.remove(slot);
    if (controller === NONE || !dropped || this.controlled(controller) > 0) return;
    if (this.state(controller) !== TEMPLATE_ASSURED) this.remove(controller);
  }

  private create(
    key: ConnectionKey,
    now: number,
    row: number,
    flags: number,
    active: boolean,
  ): number {
    const slot = row === NONE ? NONE : this.store.allocate(key.family);
    if (slot === NONE) {
      if (row !== NONE) this.bindings.release(row);
      return this.refuse();
    }
    if (this.size === 0) this.timers.skipTo(Math.floor(now));
    const meta = (flags & FLAG_BITS & ~FLAG_INACTIVE) | FLAG_HASHED | (active ? 0 : FLAG_INACTIVE);
    this.fill(slot, key, meta, row, Math.ceil(now) + BIRTH_TIMEOUT_MS);
    if ((flags & FLAG_NO_CLIENT_PORT) !== 0) this.withoutClientPort++;
    this.index.insert(slot, this.hashOfKey(key));
    this.timers.link(slot);
    return slot;
  }

  private fill(slot: number, key: ConnectionKey, meta: number, row: number, expiry: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const family = key.family === 4 ? 0 : META_IPV6;
    records[offset + CLIENT] = key.client3;
    records[offset + VIRTUAL] = key.virtual3;
    records[offset + PORTS] = (key.clientPort << 16) | key.virtualPort;
    records[offset + META] = meta | family | (key.protocol << PROTOCOL_SHIFT);
    records[offset + EXPIRY] = expiry;
    records[offset + TIMEOUT] = BIRTH_TIMEOUT_MS;
    records[offset + ARMED] = this.armed = (this.armed + 1) | 0;
    records[offset + PACKETS] = 0;
    records[offset + BINDING] = row;
    records[offset + CONTROL] = 0;
    if (family !== 0) this.fillWide(slot, key);
  }

  private fillWide(slot: number, key: ConnectionKey): void {
    const words = this.store.wideOf(slot);
    const offset = this.store.wideOffsetOf(slot);
    words[offset] = key.client0;
    words[offset + 1] = key.client1;
    words[offset + 2] = key.client2;
    words[offset + 3] = key.virtual0;
    words[offset + 4] = key.virtual1;
    words[offset + 5] = key.virtual2;
  }

  /** Stores a new expiry; the entry moves in the wheel only when it would come up too late. */
  private arm(slot: number, due: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const before = records[offset + EXPIRY];
    const expiry = due | 0;
    records[offset + EXPIRY] = expiry;
    records[offset + ARMED] = this.armed = (this.armed + 1) | 0;
    records[offset + META] &= ~META_EXPIRING;
    if (this.timers.isEarlier(expiry, before)) this.timers.hasten(slot);
  }

  private refuse(): number {
    this.refused++;
    return NONE;
  }
}
