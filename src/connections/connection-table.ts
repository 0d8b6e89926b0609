/**
 * The connection table of a director or a virtual service: millions of entries in a few typed arrays.
 *
 * Entries are slot numbers on the hot path. The sum over the servers' counters always equals the table's
 * contents. A table with a limit refuses new entries when it is full, or first tries to make room by
 * dropping what can be spared; both are counted. Cost: constant per call, growth included; no allocation
 * in look-ups and uses; see {@link EntryStore}, {@link ClientIndex}, {@link TimerWheel}.
 */
import { requireInteger, requireKnownOptions, requireOneOf } from '../errors.js';
import { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import { seededRandom, systemRandom } from '../random.js';
import { PORT_AS_VIRTUAL } from './entries/destinations.js';
import { type InitialState, initialStateOf, NEW_ENTRY } from './entries/initial-state.js';
import { Connection } from './connection.js';
import type { ConnectionKey } from './connection-key.js';
import {
  CONNECTION_TABLE_OPTIONS,
  type ConnectionTableOptions,
  type ConnectionTableStatistics,
  type OverflowPolicy,
} from './connection-table-options.js';
import { type ConnectionState, type ConnectionTableState } from './snapshot-format.js';
import { countOpened } from './entries/server-counters.js';
import { DropRules } from './eviction.js';
import { EntrySnapshots } from './snapshot.js';
import { FLAG_NO_OUTPUT, FLAG_TEMPLATE, METHOD_FLAGS } from './entries/flags.js';
import { MAX_SLOTS } from './entries/record.js';

const NONE = -1;
/** Entries that are looked at, at most, to make room for one entry. */
const ROOM_BUDGET = 64;

/**
 * All connections and templates of a director or a virtual service.
 *
 * @example
 * {@includeCode ../../docs/examples/connection-table.ts}
 */
export class ConnectionTable extends EntrySnapshots {
  /** How many entries there may be. */
  readonly limit: number;
  private readonly overflow: OverflowPolicy;
  private readonly dropRules = new DropRules(this);
  /** The slot after which the next sweep begins. */
  private hand = NONE;
  private refused = 0;
  private dropped = 0;

  /**
   * @param options - Hash seed, limit, what happens beyond it, lateness of timers.
   * @throws {TypeError} When an option has another name, or a value the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(options: ConnectionTableOptions = {}) {
    requireKnownOptions('create a connection table', options, CONNECTION_TABLE_OPTIONS);
    const { seed, random = systemRandom, limit = MAX_SLOTS, timerLatenessMs = 0 } = options;
    super(
      seed === undefined ? random : seededRandom(seed),
      requireInteger('timer lateness', timerLatenessMs, 0, 1000),
    );
    this.limit = requireInteger('connection limit', limit, 1, MAX_SLOTS);
    this.overflow = requireOneOf('overflow policy', options.overflow ?? 'refuse', [
      'refuse',
      'drop',
    ]);
  }

  /** What the table holds and takes. */
  get statistics(): ConnectionTableStatistics {
    const bytes = this.store.bytes + this.index.bytes + this.timers.bytes;
    return { size: this.size, bytes, refused: this.refused, dropped: this.dropped };
  }

  /**
   * Makes an entry that is bound to a server, and counts it there. It is found before older entries of the
   * same key.
   *
   * @param key - Protocol, client, virtual endpoint.
   * @param now - The present time in milliseconds.
   * @param server - The server.
   * @param serverPort - The server-side port of this entry.
   * @param flags - Besides the server's method: TEMPLATE, NO_CPORT, SYNC, sequence flags; default none.
   * @param mark - The firewall mark by which the service was found; default 0.
   * @param birth - What it is born as; default state 0, inactive, with a timeout of 3 s.
   * @returns The slot, or −1 when the table is full.
   */
  insert(
    key: ConnectionKey,
    now: number,
    server: RealServer,
    serverPort: number,
    flags = 0,
    mark = 0,
    birth: InitialState = NEW_ENTRY,
  ): number {
    const port = serverPort === key.virtualPort ? PORT_AS_VIRTUAL : serverPort;
    if (this.full && !this.makeRoom(now)) return this.refuse();
    const row = this.bindings.take(server, port, mark);
    const method = METHOD_FLAGS[server.forwardingMethod];
    const output = method === 0 ? 0 : FLAG_NO_OUTPUT;
    const slot = this.create(key, now, row, flags | method | output, birth);
    if (slot === NONE) return this.refuse();
    countOpened(server, (flags & FLAG_TEMPLATE) !== 0, birth.active);
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
    if (this.full && !this.makeRoom(now)) return this.refuse();
    const port = serverPort === key.virtualPort ? PORT_AS_VIRTUAL : serverPort;
    const row = this.bindings.takeAddress(serverAddress, port, mark);
    const slot = this.create(key, now, row, flags, initialStateOf(flags));
    return slot === NONE ? this.refuse() : slot;
  }

  /**
   * Makes room for entries that belong together, so that none of them has to go for another; a table that
   * refuses new entries when it is full is left as it is.
   *
   * @param count - How many there will be.
   * @param now - The present time in milliseconds.
   * @returns `false` when too few entries can be spared.
   */
  makeRoomFor(count: number, now: number): boolean {
    if (this.overflow === 'refuse') return true;
    while (this.size + count > this.limit) if (!this.makeRoom(now)) return false;
    return true;
  }

  /**
   * Looks at some entries in turn, and drops those that the `drop_entry` defence would: see
   * `drop-rules.ts`. They go with the next {@link ConnectionTable.advance} at a later time.
   *
   * @param now - The present time in milliseconds.
   * @param count - How many entries to look at, at most once each; the defence takes 1/32 of the entries a second.
   * @returns How many entries were dropped.
   */
  sweep(now: number, count: number): number {
    let dropped = 0;
    for (let left = Math.min(count, this.size); left > 0; left--) {
      const slot = this.turn();
      if (!this.dropRules.allow(slot, now)) continue;
      this.drop(slot, now);
      dropped++;
    }
    this.dropped += dropped;
    return dropped;
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

  /**
   * Reads a table back.
   *
   * @param state - What {@link ConnectionTable.toJSON} gave.
   * @param findServer - Gives the server of an entry, or `undefined` when it is not known; then the entry
   *   stays without server.
   * @param options - As for a new table.
   * @param count - Whether the entries are counted at their servers; default `false`, for servers that
   *   were read back with their counters.
   * @returns A table with the same entries, timers and order.
   * @throws {TypeError} When the state is damaged.
   * @throws {RangeError} When the state is damaged, or the entries are more than the limit.
   */
  static fromJSON(
    state: ConnectionTableState,
    findServer: (connection: ConnectionState) => RealServer | undefined,
    options: ConnectionTableOptions = {},
    count = false,
  ): ConnectionTable {
    const table = new ConnectionTable(options);
    table.restore(state, findServer, count);
    return table;
  }

  /** Makes room for one entry, if there is one among the next few that can be spared. */
  private makeRoom(now: number): boolean {
    if (this.overflow === 'refuse') return false;
    const budget = Math.min(ROOM_BUDGET, this.size);
    for (let looked = 0; looked < budget; looked++) {
      const slot = this.turn();
      if (!this.dropRules.allow(slot, now)) continue;
      this.drop(slot, now);
      // As the timers themselves do before they say that one is due.
      this.timers.unlink(slot);
      this.timerDue(slot);
      this.dropped++;
      return true;
    }
    return false;
  }

  /** The next entry in turn, going round; there has to be one. */
  private turn(): number {
    this.hand = this.next(this.hand);
    if (this.hand === NONE) this.hand = this.next(NONE);
    return this.hand;
  }

  private refuse(): number {
    this.refused++;
    return NONE;
  }
}
