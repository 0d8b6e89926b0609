/**
 * The real servers of one virtual service, newest first, and the one place where they are added,
 * edited and removed.
 *
 * A removed server's record is remembered while anything counts on it (connections, templates,
 * caches): the same address and port added again find it, with its counters. Schedulers observe
 * the list to keep their indices right.
 */
import { formatEndpoint } from '../endpoint.js';
import { IpvsError, requireInteger, requireKnownOptions } from '../errors.js';
import type { IpAddress } from '../ip-address.js';
import { Inspectable } from '../platform-methods.js';
import { type KernelRelease, type KernelRules, kernelRules } from './kernel-profile.js';
import { ListObservers } from './list-observers.js';
import type { RealServer } from './real-server.js';
import { readServerAddress, type ServerAddressLike, serverKey } from './server-address.js';
import { describeServer, ServerRecord } from './server-record.js';
import type { ServerListObserver } from './server-list-observer.js';
import { type ServerListState, type ServerState, stateOfServer } from './server-list-state.js';
import { readServerOptions } from './server-options.js';
import { type Replacement, type ReplaceOptions, ServerReplacement } from './server-replacement.js';
import { ServerIndex } from './server-index.js';
import { ServerPositions } from './server-positions.js';
import {
  completeSettings,
  DEFAULT_SERVER_SETTINGS,
  SERVER_SETTING_NAMES,
  type ServerOptions,
  type ServerSettings,
} from './server-settings.js';
import { MAX_WEIGHT, type OverloadRules, overloadRules } from './thresholds.js';
import { requireStateFormat, STATE_FORMAT } from '../state-format.js';

/** Options of a server list. */
export interface ServerListOptions {
  /** The kernel whose rules its servers follow: when they are overloaded, and what their connections weigh. */
  readonly kernel?: KernelRelease;
}

/** Fewer remembered records than this are not searched for ones that nothing counts on. */
const FEWEST_SWEPT = 1024;

/**
 * An ordered collection of real servers. Iterating gives the newest first.
 *
 * Cost: adding, editing, removing and finding a server are O(log servers) amortized, observers apart.
 *
 * @example
 * {@includeCode ../../docs/examples/server-list.ts}
 */
export class ServerList extends Inspectable implements Iterable<RealServer> {
  private readonly slots = new ServerPositions();
  private readonly present = new ServerIndex();
  /** Removed servers by address and port; a list that never had one has no map. */
  private remembered: Map<string, ServerRecord> | undefined;
  private readonly observers = new ListObservers();
  /** Made by the first replacement. */
  private replacement: ServerReplacement | undefined;
  private sweepAbove = FEWEST_SWEPT;
  private changes = 0;
  /** The rules of the kernel that the list follows. */
  readonly kernel: KernelRules;
  private readonly overloadRules: OverloadRules;

  /**
   * @param servers - Added one after the other, so that the last one is at the front.
   * @param options - The kernel; default the newest.
   * @throws As {@link ServerList.add} does.
   */
  constructor(servers: Iterable<ServerOptions | string> = [], options: ServerListOptions = {}) {
    super();
    requireKnownOptions('create a server list', options, { kernel: true });
    this.kernel = kernelRules(options.kernel);
    this.overloadRules = overloadRules(this.kernel);
    for (const server of servers) this.add(server);
  }

  /** How many servers there are. */
  get size(): number {
    return this.present.size;
  }

  /** The number above the greatest position in use. */
  get positions(): number {
    return this.slots.length;
  }

  /** How often a server was added or removed: while it stays the same the same servers are in the list. @internal */
  get membership(): number {
    return this.changes;
  }

  /** The newest server. */
  get first(): RealServer | undefined {
    return this.slots.newest;
  }

  /**
   * Adds a server at the front.
   *
   * @param options - The server, or its address and port as text; what is not given has its default.
   * @returns The server: a new one, or the remembered one of this address and port.
   * @throws {IpvsError} `ERR_SERVER_EXISTS` when the list has this address and port.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  add(options: ServerOptions | string): RealServer {
    return this.insert(readServerOptions(options));
  }

  /**
   * Changes a server's settings, all at once or not at all; its place in the list stays.
   *
   * @param server - A server of the list, or its address and port.
   * @param settings - What to change; what is not given stays.
   * @returns The server.
   * @throws {IpvsError} `ERR_SERVER_NOT_FOUND` when the list has no such server.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  edit(server: ServerAddressLike, settings: ServerSettings): RealServer {
    requireKnownOptions('edit a server', settings, SERVER_SETTING_NAMES);
    const record = this.require('edit', server);
    record.configure(completeSettings(settings, record));
    this.observers.edited(record, settings);
    return record;
  }

  /**
   * Takes a server out of the list. Its connections stay, and its counters go on.
   *
   * @param server - A server of the list, or its address and port.
   * @returns The server.
   * @throws {IpvsError} `ERR_SERVER_NOT_FOUND` when the list has no such server.
   */
  remove(server: ServerAddressLike): RealServer {
    const record = this.require('remove', server);
    record.available = false;
    record.loadListener = undefined;
    this.replacement?.forget(record);
    this.present.delete(record);
    this.changes++;
    this.remember(record);
    this.slots.vacate(record);
    this.observers.removed(record);
    if ((this.remembered?.size ?? 0) > this.sweepAbove) this.forgetIdle();
    if (this.slots.isSparse) {
      this.slots.renumber();
      this.observers.renumbered();
    }
    return record;
  }

  /**
   * Brings the list in line with another one, such as a registry gives it.
   *
   * Servers of both lists keep their place, their counters and what a scheduler remembers of them; of their
   * settings only those that are given change. All or nothing: a wrong value throws before any change.
   *
   * @param servers - The servers that shall be in the list; new ones are added in this order, each at the front.
   * @param options - What becomes of the servers that are not among them.
   * @returns What was done.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  replace(servers: Iterable<ServerOptions | string>, options: ReplaceOptions = {}): Replacement {
    this.replacement ??= new ServerReplacement(this);
    return this.replacement.replace(servers, options);
  }

  /**
   * Finds a server of the list.
   *
   * @param server - Its address and port.
   * @returns The server, or `undefined` when the list has none.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is no address or no port.
   */
  get(server: ServerAddressLike): RealServer | undefined {
    const { address, port } = readServerAddress(server);
    return this.present.get(address, port);
  }

  /**
   * Finds a server of the list, or one that was removed and is still remembered.
   *
   * @param server - Its address and port.
   * @returns The server, or `undefined` when neither is known.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is no address or no port.
   */
  find(server: ServerAddressLike): RealServer | undefined {
    return this.get(server) ?? this.remembered?.get(serverKey(server));
  }

  /**
   * The server with a position.
   *
   * @param position - See {@link RealServer.position}.
   * @returns The server, or `undefined` when no server has this position.
   */
  at(position: number): RealServer | undefined {
    return this.slots.at(position);
  }

  /**
   * The server just before another in the list, that is the next newer one.
   *
   * @param server - A server of the list, or one that was just removed.
   * @returns The server, or `undefined` when it is the first.
   */
  before(server: RealServer): RealServer | undefined {
    return this.slots.above(server.position);
  }

  /** The servers that were removed and are still remembered. */
  get removed(): Iterable<RealServer> {
    return this.remembered?.values() ?? [];
  }

  /** Forgets the removed servers that have no connections, no templates and no references. */
  forgetIdle(): void {
    const { remembered } = this;
    if (remembered === undefined) return;
    for (const [key, server] of remembered) if (server.idle) remembered.delete(key);
    // Doubling keeps the cost of sweeping constant per removal.
    this.sweepAbove = Math.max(FEWEST_SWEPT, remembered.size * 2);
  }

  /**
   * Starts to notify an observer of changes to the list's servers.
   *
   * @param observer - The observer. Its methods must not change the list.
   */
  subscribe(observer: ServerListObserver): void {
    this.observers.add(observer);
    this.passOnLoad();
  }

  /**
   * Stops notifying an observer.
   *
   * @param observer - The observer.
   */
  unsubscribe(observer: ServerListObserver): void {
    this.observers.delete(observer);
    this.passOnLoad();
  }

  /**
   * Passes on that a server's overloaded flag has changed; called by the servers themselves.
   *
   * @param server - A server of the list.
   * @internal
   */
  overloadedChanged(server: RealServer): void {
    this.observers.overloadedChanged(server);
  }

  /**
   * Goes through the servers, newest first.
   *
   * @returns An iterator.
   */
  [Symbol.iterator](): IterableIterator<RealServer> {
    return this.slots[Symbol.iterator]();
  }

  /**
   * The servers in words, for people: what `console.log` shows under Node.
   *
   * @returns A line for each.
   */
  describe(): string {
    return `ServerList [${[...this].map((server) => `\n  ${describeServer(server)}`).join()}\n]`;
  }

  /**
   * Writes the list out.
   *
   * @returns Plain JSON for {@link ServerList.fromJSON}.
   */
  toJSON(): ServerListState {
    return {
      format: STATE_FORMAT,
      servers: [...this].toReversed().map(stateOfServer),
      removed: [...this.removed].map(stateOfServer),
    };
  }

  /**
   * Reads a list back.
   *
   * @param state - What {@link ServerList.toJSON} gave.
   * @param options - As for a new list.
   * @returns A list with the same servers, counters and order.
   * @throws As {@link ServerList.add} does, when the state is damaged.
   */
  static fromJSON(state: ServerListState, options: ServerListOptions = {}): ServerList {
    const list = new ServerList([], options);
    list.restore(state);
    return list;
  }

  /**
   * Adds the servers of a written list, with their counters.
   *
   * @param state - What {@link ServerList.toJSON} gave.
   * @throws As {@link ServerList.add} does, when the state is damaged or a server is in the list already.
   */
  restore(state: ServerListState): void {
    requireStateFormat('a list of servers', state);
    for (const server of state.removed) this.restoreServer(server);
    for (const server of state.removed) this.remove(server);
    for (const server of state.servers) this.restoreServer(server);
  }

  private restoreServer(state: ServerState): void {
    const record = this.insert(state);
    record.lastWeight = requireInteger('last weight', state.lastWeight, 0, MAX_WEIGHT);
    record.total = requireInteger('total', state.total, 0, Number.MAX_SAFE_INTEGER);
    record.active = requireInteger('active', state.active, 0, state.total);
    record.persistent = requireInteger('persistent', state.persistent, 0, Number.MAX_SAFE_INTEGER);
    record.setOverloaded(state.overloaded);
    this.overloadedChanged(record);
    record.loadListener?.loadChanged(record);
  }

  private require(verb: string, server: ServerAddressLike): ServerRecord {
    const { address, port } = readServerAddress(server);
    const record = this.present.get(address, port);
    if (record === undefined) {
      const key = formatEndpoint(address, port);
      throw new IpvsError('ERR_SERVER_NOT_FOUND', `Cannot ${verb} ${key}: not in the list`);
    }
    return record;
  }

  private insert(options: ServerOptions): ServerRecord {
    const { address, port } = readServerAddress(options);
    const settings = completeSettings(options, DEFAULT_SERVER_SETTINGS);
    if (this.present.get(address, port) !== undefined) {
      const key = formatEndpoint(address, port);
      throw new IpvsError('ERR_SERVER_EXISTS', `Cannot add ${key}: it is in the list already`);
    }
    const server =
      this.recall(address, port) ?? new ServerRecord(address, port, this, this.overloadRules);
    server.lastWeight = settings.weight;
    server.configure(settings);
    this.present.add(server);
    this.changes++;
    server.available = true;
    server.loadListener = this.observers.load;
    this.slots.place(server);
    this.observers.added(server);
    return server;
  }

  private remember(server: ServerRecord): void {
    this.remembered ??= new Map();
    this.remembered.set(server.toString(), server);
  }

  /** Takes a server out of the remembered ones; most lists have none, so that no key has to be made. */
  private recall(address: IpAddress, port: number): ServerRecord | undefined {
    if (this.remembered === undefined || this.remembered.size === 0) return undefined;
    const key = formatEndpoint(address, port);
    const server = this.remembered.get(key);
    this.remembered.delete(key);
    return server;
  }

  private passOnLoad(): void {
    for (const server of this.slots) server.loadListener = this.observers.load;
  }
}
