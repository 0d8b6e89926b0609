/**
 * The connection table of a director or a virtual service: millions of entries in a few typed arrays.
 *
 * The table owns its parts and has no rules of its own, but for which look-up comes first: `entries/` (records and
 * destinations), `client-index/`, look-ups, lifecycle and timers, state machine, eviction, snapshots. Entries are slot
 * numbers on the hot path. Servers' counters always add up to the table's contents. A full table refuses or evicts
 * entries; both are counted.
 *
 * Deferred work follows one rule: **every public read first flushes what is pending; `advance` flushes timers.**
 * Pending are insertions and removals of the index (16 of each at most), flushed by look-ups, prefetches and snapshots;
 * new entries without a wheel slot, and removed ones of a large table that still have theirs (16 of each at most),
 * flushed by `advance` and by whatever unlinks a timer. All else is written at once.
 *
 * Cost: constant per call, growth included; no allocation in look-ups and uses; see {@link EntryStore},
 * {@link ClientIndex}, {@link TimerWheel}.
 */
import { requireInteger, requireKnownOptions, requireOneOf } from '../errors.js';
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import { seededRandom, systemRandom } from '../random.js';
import { ClientHash } from './client-index/client-hash.js';
import { ClientIndex } from './client-index/client-index.js';
import { Connection } from './connection.js';
import type { ConnectionKey } from './entries/connection-key.js';
import {
  CONNECTION_TABLE_OPTIONS,
  type ConnectionTableOptions,
  type ConnectionTableStatistics,
  type OverflowPolicy,
} from './connection-table-options.js';
import { type ConnectionEndpoints, Entries } from './entries/entries.js';
import { type InitialState, NEW_ENTRY } from './entries/initial-state.js';
import { MAX_SLOTS } from './entries/record.js';
import { Eviction } from './eviction.js';
import { FastPath } from './doors/fast-path.js';
import { HelpedEntries } from './doors/helped-entries.js';
import { type ConnectionTableObserver, Lifecycle } from './lifecycle.js';
import { Lookup } from './lookup.js';
import { type ConnectionState, type ConnectionTableState, Snapshot } from './snapshot.js';
import { StateMachine } from './state-machine.js';
import { SynchronizedEntries } from './doors/synchronized-entries.js';

const NONE = -1;
const POLICIES: readonly OverflowPolicy[] = ['refuse', 'drop'];

/**
 * All connections and templates of a director or a virtual service.
 *
 * Methods that take a slot do not check that an entry uses it.
 *
 * @example
 * {@includeCode ../../docs/examples/connection-table.ts}
 */
export class ConnectionTable {
  /** Moves the states of connections. */
  readonly states: StateMachine;
  /** Direct access to the records, for the director's fast path. @internal */
  readonly fastPath: FastPath;
  /** Entries as synchronization messages describe them. @internal */
  readonly synchronized: SynchronizedEntries;
  /** Entries of connections with a helper, such as FTP's. @internal */
  readonly helped: HelpedEntries;
  private readonly entries = new Entries();
  private readonly store = this.entries.store;
  private readonly index: ClientIndex;
  private readonly lookup: Lookup;
  private readonly lifecycle: Lifecycle;
  private readonly timers: Lifecycle['timers'];
  /** Which entries go when the table is full, and by the `drop_entry` defense. */
  readonly eviction: Eviction;
  private readonly snapshots: Snapshot;

  /**
   * @param options - Hash seed, limit, what happens beyond it, timeouts, lateness of timers.
   * @throws {TypeError} When an option has another name, or a value the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(options: ConnectionTableOptions = {}) {
    requireKnownOptions('create a connection table', options, CONNECTION_TABLE_OPTIONS);
    const { seed, random = systemRandom } = options;
    const limit = requireInteger('connection limit', options.limit ?? MAX_SLOTS, 1, MAX_SLOTS);
    const lateness = requireInteger('timer lateness', options.timerLatenessMs ?? 0, 0, 1000);
    const policy = requireOneOf('overflow policy', options.overflow ?? 'refuse', POLICIES);
    const { entries } = this;
    const hash = new ClientHash(seed === undefined ? random : seededRandom(seed));
    this.index = new ClientIndex(this.store, hash);
    this.lookup = new Lookup(entries, this.index);
    this.lifecycle = new Lifecycle(entries, this.index, lateness);
    this.timers = this.lifecycle.timers;
    this.states = new StateMachine(entries, this.lifecycle, options.timeouts);
    this.eviction = new Eviction(entries, this.lifecycle, limit, policy === 'drop');
    this.snapshots = new Snapshot(entries, this.index, this.lifecycle, limit);
    this.fastPath = new FastPath(entries, this.index);
    this.helped = new HelpedEntries(entries, this.lifecycle, this.eviction);
    this.synchronized = new SynchronizedEntries(
      entries,
      this.lifecycle,
      this.eviction,
      this.helped,
    );
  }

  /**
   * Reads a table back.
   *
   * @param state - The result of {@link ConnectionTable.toJSON}.
   * @param findServer - Finds the server of an entry; without one the entry keeps the server's address only.
   * @param options - As for a new table.
   * @param count - Whether the servers count the entries; default `false`, for servers with restored counters.
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

  /** How many entries there are, templates included. */
  get size(): number {
    return this.index.size;
  }

  /** Size, memory and losses. */
  get statistics(): ConnectionTableStatistics {
    const { refused, dropped } = this.eviction;
    const bytes = this.store.bytes + this.index.buckets.bytes + this.timers.bytes;
    return { size: this.size, bytes, refused, dropped };
  }

  /** Callbacks on entries that leave or are re-armed. */
  get observer(): ConnectionTableObserver {
    return this.lifecycle.observer;
  }

  /** Replaces the callbacks. */
  set observer(observer: ConnectionTableObserver) {
    this.lifecycle.observer = observer;
  }

  /**
   * Finds a connection by a packet of its client, IPv4.
   *
   * @param protocol - The protocol's number.
   * @param clientAddress - The client's address, signed or unsigned.
   * @param clientPort - The client's port.
   * @param virtualAddress - The packet's destination.
   * @param virtualPort - Its port.
   * @returns A slot, or −1.
   */
  findIn4(
    protocol: number,
    clientAddress: number,
    clientPort: number,
    virtualAddress: number,
    virtualPort: number,
  ): number {
    const ports = (clientPort << 16) | virtualPort;
    const slot = this.index.find4(protocol, clientAddress, virtualAddress, ports);
    if (slot !== NONE || this.store.withoutClientPort === 0) return slot;
    return this.lookup.findWaiting4(protocol, clientAddress, virtualAddress, virtualPort);
  }

  /** Finds a connection by a packet of its client: protocol, client and virtual endpoint. Returns a slot, or −1. */
  findIn(key: ConnectionKey): number {
    const slot = this.lookup.findIn(key);
    if (slot !== NONE || this.store.withoutClientPort === 0) return slot;
    return this.lookup.findWaiting(key);
  }

  /**
   * Finds a connection by a packet of its server, whose destination is the client and whose source is the server (for
   * other methods than masquerading the virtual endpoint), in place of the key's virtual endpoint. Returns a slot, or −1.
   */
  findOut(key: ConnectionKey): number {
    return this.lookup.findOut(key);
  }

  /** Finds a persistence template by its key, with client port 0. Returns a slot, or −1. */
  findTemplate(key: ConnectionKey): number {
    return this.lookup.findTemplate(key);
  }

  /** The next entry after a slot (−1: the first), or −1 at the end. The table may change between calls. */
  next(after: number): number {
    return this.entries.next(after);
  }

  /** A lasting view of an entry, which becomes invalid when the entry leaves the table. */
  connection(slot: number): Connection {
    return new Connection(this.entries, this.lifecycle, slot);
  }

  /**
   * Makes an entry that is bound to a server, and counts it there. It is found before older entries of the
   * same key.
   *
   * @param key - Protocol, client, virtual endpoint.
   * @param now - The present time in milliseconds.
   * @param server - The server.
   * @param serverPort - The server-side port of this entry.
   * @param flags - Besides the server's method: TEMPLATE; default none.
   * @param mark - The firewall mark by which the service was found; default 0.
   * @param initial - Its initial state; default state 0, inactive, with a timeout of 3 s.
   * @returns The slot, or −1 when the table is full.
   */
  insert(
    key: ConnectionKey,
    now: number,
    server: RealServer,
    serverPort: number,
    flags = 0,
    mark = 0,
    initial: InitialState = NEW_ENTRY,
  ): number {
    if (!this.eviction.admits(now)) return NONE;
    const slot = this.lifecycle.open(key, now, server, serverPort, flags, mark, initial);
    if (slot === NONE) this.eviction.refused++;
    return slot;
  }

  /**
   * Makes an entry that is bound to an address, not to a server; it is counted nowhere.
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
    if (!this.eviction.admits(now)) return NONE;
    const slot = this.lifecycle.openUnbound(key, now, serverAddress, serverPort, flags, mark);
    if (slot === NONE) this.eviction.refused++;
    return slot;
  }

  /** Removes an entry that controls no others. Returns its controller, which stays in the table, or −1. */
  remove(slot: number): number {
    return this.lifecycle.remove(slot);
  }

  /**
   * Makes room for `count` entries, so that none of them evicts another.
   *
   * @returns `false` when too few entries can be evicted; always `true` with the overflow policy `refuse`.
   */
  makeRoomFor(count: number, now: number): boolean {
    return this.eviction.makeRoomFor(count, now);
  }

  /**
   * Runs the timers that are due before a moment.
   *
   * @param now - The present time in milliseconds.
   * @param budget - How many units of work may be done, one per timer run or entry moved; default: all.
   * @returns Whether everything due was done; `false` when the budget was too small.
   */
  advance(now: number, budget: number = Infinity): boolean {
    return this.timers.run(Math.ceil(now), budget);
  }

  /** The earliest moment at which a timer may be due or moved, in milliseconds; infinite without entries. */
  nextDueMs(): number {
    return this.timers.nextDue();
  }

  /** Restarts an entry's timer with its timeout, at a time in milliseconds. */
  touch(slot: number, now: number): void {
    this.lifecycle.touch(slot, now);
  }

  /** Counts a packet of the client, and restarts the timer at a time in milliseconds. */
  use(slot: number, now: number): void {
    this.lifecycle.use(slot, now);
  }

  /** Lets an entry expire as soon as time moves on from `now`, in milliseconds, unless it is due earlier. */
  expireNow(slot: number, now: number): void {
    this.lifecycle.expireNow(slot, now);
  }

  /** Sets what the timer restarts with from the next use on: milliseconds, 0–2764800000. */
  setTimeout(slot: number, timeoutMs: number): void {
    this.entries.setTimeout(slot, timeoutMs);
  }

  /**
   * Stores a state, and counts the entry as active or inactive at its server.
   *
   * @param slot - The entry, not a template.
   * @param state - The number of the state, 0–15.
   * @param active - Whether connections in that state are active.
   */
  setState(slot: number, state: number, active: boolean): void {
    this.entries.setState(slot, state, active);
  }

  /** Makes a template, or another connection, the controller of a connection that has none. */
  setController(slot: number, template: number): void {
    this.entries.setController(slot, template);
  }

  /** Changes a template's key so that no look-up finds it again; its timer runs on. */
  invalidate(slot: number): void {
    this.entries.invalidate(slot);
  }

  /** The endpoints of an entry; makes objects, for listings. */
  endpoints(slot: number): ConnectionEndpoints {
    return this.entries.endpoints(slot);
  }

  /** The number of the protocol in the IP header of an entry, 0–255; 0 in the templates of firewall marks. */
  protocol(slot: number): number {
    return this.entries.protocol(slot);
  }

  /** The flags and the forwarding method of an entry, 14 bits, as in synchronization messages. */
  flags(slot: number): number {
    return this.entries.flags(slot);
  }

  /** Whether an entry is a persistence template. */
  isTemplate(slot: number): boolean {
    return this.entries.isTemplate(slot);
  }

  /** The number of an entry's state in its protocol's list of states, 0–15; templates: 0 NONE, 1 ASSURED. */
  state(slot: number): number {
    return this.entries.state(slot);
  }

  /** The server that an entry is bound to; `undefined` when it is bound to an address only. */
  server(slot: number): RealServer | undefined {
    return this.entries.server(slot);
  }

  /** When an entry's timer is due, in milliseconds of the caller's clock. */
  expiryMs(slot: number): number {
    return this.lifecycle.expiryMs(slot);
  }

  /** The template or connection that controls an entry; −1 when there is none, and for templates. */
  controller(slot: number): number {
    return this.entries.controller(slot);
  }

  /** How many entries an entry controls. */
  controlled(slot: number): number {
    return this.entries.controlled(slot);
  }

  /** The table's state as plain JSON for {@link ConnectionTable.fromJSON}, without the servers' counters. */
  toJSON(): ConnectionTableState {
    return this.snapshots.write(() => undefined);
  }

  /**
   * The table's state with the name of each server's owner, for servers that address and port do not identify.
   * {@link ConnectionTable.restore} passes the name to `findServer`.
   */
  snapshot(ownerOf: (server: RealServer) => string | undefined): ConnectionTableState {
    return this.snapshots.write(ownerOf);
  }

  /** Restores entries into a table without any; parameters and errors as for {@link ConnectionTable.fromJSON}. */
  restore(
    state: ConnectionTableState,
    findServer: (connection: ConnectionState) => RealServer | undefined,
    count = false,
  ): void {
    this.snapshots.restore(state, findServer, count);
  }
}
