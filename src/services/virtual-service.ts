/**
 * A virtual service for people with sockets and not packets: scheduler, persistence, thresholds and
 * counters in one object.
 *
 * `connect` chooses a server by the same rules as a director does for a packet: the client's template if it
 * has a valid one, else the scheduler. The connection counts at its server until it is closed or runs out.
 * Time comes from {@link Timers}; the default ones follow real time and do not keep the process alive.
 */
import { shiftConnectionTable } from '../connections/snapshot.js';
import { ConnectionTable } from '../connections/connection-table.js';
import { type OptionNames, requireKnownOptions } from '../errors.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddressLike } from '../model/server-address.js';
import { ServerList } from '../model/server-list.js';
import { Disposable } from '../platform-methods.js';
import { type CancelTimer, MAX_DELAY_MS, systemTimers, type Timers } from '../timers.js';
import { type Client, ClientEnd, type ConnectOptions, type Refusal } from './client.js';
import { ConnectionOpener } from './connection-opener.js';
import { Draining, type DrainOptions } from './draining.js';
import { OutlierDetection } from './outlier-detection.js';
import { RestrictedChoice } from './server-choice.js';
import { Service } from './service.js';
import type { ServiceConnection } from './service-connection.js';
import { ServiceConnections } from './service-connections.js';
import { createServiceKey, type ServiceKey } from './service-key.js';
import { SlowStart } from './slow-start.js';
import {
  birthOf,
  checkNames,
  outlierOptions,
  type RestoredParts,
  SETTING_NAMES,
  settingsOf,
  slowStartMs,
  tableOptions,
  type VirtualServiceEnvironment,
  type VirtualServiceOptions,
  type VirtualServiceSettings,
  type VirtualServiceState,
} from './virtual-service-options.js';
import { TemplateExchange } from './template-exchange.js';
import { ServiceObservers, type VirtualServiceObserver } from './virtual-service-observer.js';
import { requireStateFormat, STATE_FORMAT } from '../state-format.js';

/** Timers run at most this often by themselves. */
const WAKE_INTERVAL_MS = 1000;
const CONNECT_NAMES: OptionNames<ConnectOptions> = { except: true, key: true, virtualPort: true };

/**
 * A virtual service that is asked for a server per connection.
 *
 * @example
 * {@includeCode ../../docs/examples/virtual-service.ts}
 */
export class VirtualService extends Disposable implements Iterable<ServiceConnection> {
  /** The door for what shares the service's state with other processes. @internal */
  readonly templates: TemplateExchange;
  private readonly service: Service;
  private readonly table: ConnectionTable;
  private readonly open: ServiceConnections;
  private readonly draining: Draining;
  private readonly slowStart: SlowStart;
  private readonly outliers: OutlierDetection | undefined;
  private readonly observers = new ServiceObservers();
  private readonly timers: Timers;
  private readonly client = new ClientEnd();
  private wake: CancelTimer | undefined;
  /** Whether an entry made from now on may be due before the table's timers run by themselves. */
  private wakesLate = false;
  private readonly idleTimeoutMs: number;

  /**
   * @param options - What it serves, how, and its first servers.
   * @throws {TypeError} When a value has the wrong type, or an option an unknown name.
   * @throws {RangeError} When a value is out of range.
   * @throws {IpvsError} `ERR_SERVER_EXISTS` when two of the servers are the same; `ERR_SCHEDULER_NOT_FOUND`
   *   when the scheduler is a name that is not known.
   */
  constructor(options: VirtualServiceOptions);
  /** Takes parts that were read back. @internal */
  constructor(options: VirtualServiceOptions, restored: Partial<RestoredParts>);
  constructor(options: VirtualServiceOptions, restored: Partial<RestoredParts> = {}) {
    super();
    checkNames(options);
    const { table = new ConnectionTable(tableOptions(options)), servers } = restored;
    const { timers = systemTimers, schedulers, kernel } = options;
    const environment = {
      clock: timers,
      ...(schedulers !== undefined && { schedulers }),
      ...(kernel !== undefined && { kernel }),
    };
    const service = new Service(
      createServiceKey(options),
      settingsOf(options),
      environment,
      servers,
    );
    for (const server of options.servers ?? []) service.servers.add(server);
    this.service = service;
    this.timers = timers;
    this.table = table;
    this.draining = new Draining(timers);
    this.templates = new TemplateExchange(service, table, timers, this.draining, () => {
      this.entryMade();
    });
    this.slowStart = new SlowStart(service.servers, timers, slowStartMs(options));
    this.outliers = this.detection(options);
    this.idleTimeoutMs = birthOf(service, options).timeoutMs;
    this.open = this.connectionsFor(options);
    this.servers.subscribe({
      serverEdited: (server) => {
        if (server.weight > 0) this.draining.giveUp(server);
      },
    });
  }

  /** The real servers: add, edit, replace and remove them here, at any time. */
  get servers(): ServerList {
    return this.service.servers;
  }

  /** What names the service: protocol, address and port, or a firewall mark. */
  get key(): ServiceKey {
    const { family, fwmark, protocol, address, port } = this.service;
    return { family, fwmark, protocol, address, port };
  }

  /** How many connections and templates there are. */
  get size(): number {
    return this.table.size;
  }

  /** Why the last {@link VirtualService.connect} or retry gave `undefined`; `undefined` when it gave a connection. */
  get refusal(): Refusal | undefined {
    return this.open.refusal;
  }

  /**
   * Opens a connection for a client; never throws for what a client's socket says.
   *
   * A datagram of a client that is known already belongs to its connection, which is touched and returned: the
   * same object each time. Clients may be of either family, and so may servers.
   *
   * @param client - The client's socket, or its address and port.
   * @param options - Servers that it must not get, and what it is recognized by.
   * @returns The connection; `undefined` when it gets none, and {@link VirtualService.refusal} says why.
   * @throws {TypeError} When the client is no object, or an option has the wrong type or an unknown name.
   * @throws {RangeError} When the virtual port is out of range.
   */
  connect(client: Client, options?: ConnectOptions): ServiceConnection | undefined {
    const { client: end, open } = this;
    const reason = end.read(client);
    if (reason !== undefined) return open.refuse(reason, client);
    if (options !== undefined) {
      requireKnownOptions('connect', options, CONNECT_NAMES);
      end.apply(options);
    }
    const except = end.except === undefined ? undefined : this.known(end.except);
    const connection = open.open(end, except, client);
    this.entryMade();
    return connection;
  }

  /**
   * The open connections; they may be closed on the way.
   *
   * @param server - Only those of this server; default all.
   * @returns An iterator. Cost: O(connections).
   */
  connections(server?: ServerAddressLike): IterableIterator<ServiceConnection> {
    if (server === undefined) return this.open.each();
    const known = this.servers.find(server);
    return known === undefined ? [].values() : this.open.each(known);
  }

  /**
   * Goes through the open connections.
   *
   * @returns An iterator.
   */
  [Symbol.iterator](): IterableIterator<ServiceConnection> {
    return this.open.each();
  }

  /**
   * Starts to notify an observer of what happens to connections and servers.
   *
   * @param observer - What wants to know.
   * @returns Stops notifying it.
   */
  subscribe(observer: VirtualServiceObserver): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  /**
   * Changes settings, all at once or not at all; connections and templates stay.
   *
   * @param settings - What to change; what is not given stays. A new scheduler begins from its initial state.
   * @throws {TypeError} When a value has the wrong type, or a setting an unknown name.
   * @throws {RangeError} When a value is out of range.
   */
  edit(settings: Partial<VirtualServiceSettings>): void {
    requireKnownOptions('edit a virtual service', settings, SETTING_NAMES);
    this.service.edit(settings);
  }

  /**
   * Quiesces a server (weight 0) and waits for its last connection.
   *
   * Its persistent clients stay with it unless the service was made with `expireQuiescentTemplate`.
   *
   * @param server - The server.
   * @param options - A deadline and a signal that give the waiting up.
   * @returns `true` once it has no connection; `false` when it was given weight again before, or the waiting
   *   was given up. {@link VirtualService.connections} then gives those that are left.
   * @throws {IpvsError} `ERR_SERVER_NOT_FOUND` when the service has no such server.
   */
  async drain(server: ServerAddressLike, options: DrainOptions = {}): Promise<boolean> {
    this.draining.check(options);
    const drained = this.servers.edit(server, { weight: 0 });
    return this.draining.wait(drained, options);
  }

  /**
   * Lets what is due run out, without waiting for the timers to do so.
   *
   * @param budget - How many units of work may be done, one per connection; default all.
   * @returns Whether everything due was done.
   */
  advance(budget?: number): boolean {
    return this.open.advance(budget);
  }

  /** Ends the service: removes its servers, stops its timers, and gives waiting up. */
  close(): void {
    this.wake?.();
    this.wake = undefined;
    this.draining.giveUpAll();
    this.outliers?.close();
    this.slowStart.close();
    this.service.close();
  }

  /**
   * The service in words, for people: what `console.log` shows under Node.
   *
   * @returns For example `VirtualService TCP 192.0.2.1:80 wlc (2 servers, 7 connections and templates)`.
   */
  describe(): string {
    const { service, servers, size } = this;
    return `VirtualService ${service} ${service.schedulerName} (${servers.size} servers, ${size} connections and templates)`;
  }

  /**
   * The service as messages and listings name it.
   *
   * @returns For example `TCP 192.0.2.1:80`.
   */
  override toString(): string {
    return this.service.toString();
  }

  /**
   * Writes the service out.
   *
   * @returns Plain JSON for {@link VirtualService.fromJSON}.
   */
  toJSON(): VirtualServiceState {
    return {
      format: STATE_FORMAT,
      now: this.timers.now(),
      service: this.service.toJSON(),
      connections: this.table.toJSON(),
      outliers: this.outliers?.toJSON() ?? [],
      ramps: this.slowStart.toJSON(),
    };
  }

  /**
   * Reads a service back.
   *
   * @param state - What {@link VirtualService.toJSON} gave.
   * @param options - The scheduler's factory, and what the service works with.
   * @returns A service with the same servers, counters, connections and templates; with outlier detection, servers
   *   that were out stay out for the time that was left.
   * @throws {TypeError} When the state is damaged.
   * @throws {RangeError} When the state is damaged.
   */
  static fromJSON(
    state: VirtualServiceState,
    options: Pick<VirtualServiceSettings, 'scheduler'> & VirtualServiceEnvironment,
  ): VirtualService {
    requireStateFormat('a virtual service', state);
    const { service: saved, now, connections } = state;
    const { timers = systemTimers, kernel } = options;
    const listOptions = kernel === undefined ? {} : { kernel };
    const servers = ServerList.fromJSON(saved.servers, listOptions);
    const table = ConnectionTable.fromJSON(
      // Clocks may have fractions of milliseconds; the times of a table have none.
      shiftConnectionTable(connections, Math.round(timers.now() - now)),
      ({ server, boundPort }) => servers.find({ address: server, port: boundPort }),
      tableOptions(options),
    );
    const { fwmark, family, protocol, address, port, persistence, onePacket } = saved;
    const name = fwmark === 0 ? { protocol, address, port } : { fwmark, family };
    const restored = new VirtualService(
      { persistence, onePacket, ...name, ...options },
      { servers, table },
    );
    restored.service.scheduler.restore(saved.schedulerState);
    restored.outliers?.restore(state.outliers ?? [], timers.now() - now);
    restored.slowStart.restore(state.ramps ?? [], timers.now() - now);
    restored.keepAwake();
    return restored;
  }

  private detection(options: VirtualServiceEnvironment): OutlierDetection | undefined {
    const { servers, timers, observers, slowStart } = this;
    const when = outlierOptions(options);
    if (when === undefined) return undefined;
    return new OutlierDetection(servers, timers, when, {
      ejected: (server, forMs) => observers.notify((each) => each.ejected?.(server, forMs)),
      returned: (server, recoveryMs) => {
        slowStart.begin(server, recoveryMs);
        observers.notify((each) => each.returned?.(server));
      },
    });
  }

  private connectionsFor(options: VirtualServiceEnvironment): ServiceConnections {
    const { service, table, draining, observers, outliers, slowStart, timers, templates } = this;
    const expireQuiescent = (): boolean => options.expireQuiescentTemplate === true;
    const opener = new ConnectionOpener(table, expireQuiescent, birthOf(service, options));
    const choice = new RestrictedChoice(service, slowStart, outliers);
    return new ServiceConnections({
      service,
      table,
      opener,
      choice,
      outliers,
      draining,
      observers,
      timers,
      templates,
    });
  }

  /** The servers of the list among those that a caller names. */
  private known(servers: Iterable<ServerAddressLike>): readonly RealServer[] {
    return [...servers].flatMap((server) => this.servers.get(server) ?? []);
  }

  /** Sees to it that an entry which may have been made ends in time. */
  private entryMade(): void {
    if (this.wake === undefined || this.wakesLate) this.keepAwake();
  }

  /** Waits for the next timer of the table, if there is any: time in which nothing is due costs nothing. */
  private keepAwake(): void {
    this.wake?.();
    this.wake = undefined;
    const dueMs = this.table.nextDueMs();
    if (dueMs === Infinity) return;
    // A timer runs after the moment at which it is due.
    const delayMs = Math.ceil(dueMs - this.timers.now()) + 1;
    const waitMs = Math.min(Math.max(delayMs, WAKE_INTERVAL_MS), MAX_DELAY_MS);
    const persistenceMs = (this.service.persistence?.timeoutSeconds ?? Infinity) * 1000;
    this.wakesLate = waitMs > Math.min(this.idleTimeoutMs, persistenceMs);
    this.wake = this.timers.after(waitMs, () => {
      this.wake = undefined;
      this.advance();
      this.keepAwake();
    });
  }
}
