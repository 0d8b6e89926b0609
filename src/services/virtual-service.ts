/**
 * A virtual service for people with sockets and not packets: scheduler, persistence, thresholds and
 * counters in one object.
 *
 * `connect` chooses a server by the same rules as a director does for a packet: the client's template if it
 * has a valid one, else the scheduler. The connection counts at its server until it is closed or runs out.
 * Time comes from {@link Timers}; the default ones follow real time and do not keep the process alive.
 */
import type { Connection } from '../connections/connection.js';
import { ConnectionKey } from '../connections/connection-key.js';
import { shiftConnectionTable } from '../connections/snapshot-format.js';
import { ConnectionTable } from '../connections/connection-table.js';
import { IpAddress } from '../ip-address.js';
import { type Flow, requirePort } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress } from '../model/server-settings.js';
import { ServerList } from '../model/server-list.js';
import { type CancelTimer, systemTimers, type Timers } from '../timers.js';
import { ConnectionOpener } from './connection-opener.js';
import { Draining } from './draining.js';
import {
  birthOf,
  type Client,
  type RestoredParts,
  tableOptions,
  type VirtualServiceEnvironment,
  type VirtualServiceOptions,
  type VirtualServiceSettings,
  type VirtualServiceState,
} from './virtual-service-options.js';
import { Service } from './service.js';
import { ServiceConnection, type ServiceConnectionOwner } from './service-connection.js';
import { createServiceKey, protocolNumber } from './service-key.js';

const NONE = -1;
/** How often timers are looked at while there are connections. */
const WAKE_INTERVAL_MS = 1000;
/** How many timers run at most before a connection is opened. */
const TIMERS_PER_CONNECTION = 64;

/**
 * A virtual service that is asked for a server per connection.
 *
 * @example
 * {@includeCode ../../docs/examples/virtual-service.ts}
 */
export class VirtualService implements ServiceConnectionOwner {
  private readonly service: Service;
  private readonly table: ConnectionTable;
  private readonly opener: ConnectionOpener;
  private readonly draining = new Draining();
  private readonly timers: Timers;
  private readonly key = new ConnectionKey();
  private wake: CancelTimer | undefined;

  /**
   * @param options - What it serves, how, and its first servers.
   * @param restored - Parts that were read back; default new ones.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   * @throws {IpvsError} `ERR_SERVER_EXISTS` when two of the servers are the same.
   */
  constructor(options: VirtualServiceOptions, restored: Partial<RestoredParts> = {}) {
    const { table = new ConnectionTable(tableOptions(options)), servers } = restored;
    this.timers = options.timers ?? systemTimers;
    this.service = new Service(createServiceKey(options), options, { clock: this.timers }, servers);
    this.table = table;
    const expireQuiescent = (): boolean => options.expireQuiescentTemplate === true;
    this.opener = new ConnectionOpener(table, expireQuiescent, birthOf(this.service, options));
    table.observer = {
      connectionRemoved: (slot) => {
        if (!table.isTemplate(slot)) this.draining.connectionEnds(table.server(slot));
      },
    };
    for (const server of options.servers ?? []) this.servers.add(server);
    this.servers.subscribe({
      serverEdited: (server) => {
        if (server.weight > 0) this.draining.giveUp(server);
      },
    });
  }

  /** The real servers: add, edit and remove them here, at any time. */
  get servers(): ServerList {
    return this.service.servers;
  }

  /** How many connections and templates there are. */
  get size(): number {
    return this.table.size;
  }

  /**
   * Opens a connection for a client.
   *
   * A datagram of a client that is known already belongs to its connection, which is touched and returned.
   *
   * @param client - The client's address and port.
   * @returns The connection; `undefined` when no server can take it, or the table is full.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When an address or a port is not valid, or of another family than the service.
   */
  connect(client: Client): ServiceConnection | undefined {
    const now = this.timers.now();
    this.table.advance(now, TIMERS_PER_CONNECTION);
    const flow = this.flowOf(client);
    const known = this.service.protocol === 'udp' ? this.table.findIn(this.key) : NONE;
    if (known !== NONE) return this.known(known, now);
    const { opener, service } = this;
    const opened = opener.open(service, this.key, flow, service.onePacket, now);
    if (opened === 'no-destination' || opened === 'table-full') return undefined;
    const { server, serverPort, slot } = opened;
    if (slot === NONE) return new ServiceConnection(this, server, serverPort, undefined);
    this.keepAwake();
    return new ServiceConnection(this, server, serverPort, this.table.connection(slot));
  }

  /**
   * Changes settings, all at once or not at all; connections and templates stay.
   *
   * @param settings - What to change; what is not given stays. A new scheduler starts afresh.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  edit(settings: Partial<VirtualServiceSettings>): void {
    this.service.edit(settings);
  }

  /**
   * Quiesces a server (weight 0) and waits for its last connection.
   *
   * Its persistent clients stay with it unless the service was made with `expireQuiescentTemplate`.
   *
   * @param server - The server.
   * @returns `true` once it has no connection; `false` when it was given weight again before.
   * @throws {IpvsError} `ERR_SERVER_NOT_FOUND` when the service has no such server.
   */
  async drain(server: ServerAddress): Promise<boolean> {
    const drained = this.servers.edit(server, { weight: 0 });
    return this.draining.wait(drained);
  }

  /**
   * Lets what is due run out, without waiting for the timers to do so.
   *
   * @param budget - How many units of work may be done, one per connection; default all.
   * @returns Whether everything due was done.
   */
  advance(budget?: number): boolean {
    return this.table.advance(this.timers.now(), budget);
  }

  /** Ends the service: removes its servers, stops its timers, and gives waiting up. */
  close(): void {
    this.wake?.();
    this.wake = undefined;
    this.draining.giveUpAll();
    this.service.close();
  }

  /**
   * Writes the service out.
   *
   * @returns Plain JSON for {@link VirtualService.fromJSON}.
   */
  toJSON(): VirtualServiceState {
    const now = this.timers.now();
    return { now, service: this.service.toJSON(), connections: this.table.toJSON() };
  }

  /**
   * Reads a service back.
   *
   * @param state - What {@link VirtualService.toJSON} gave.
   * @param options - The scheduler's factory, and what the service lives on.
   * @returns A service with the same servers, counters, connections and templates.
   * @throws {TypeError} When the state is damaged.
   * @throws {RangeError} When the state is damaged.
   */
  static fromJSON(
    state: VirtualServiceState,
    options: Pick<VirtualServiceSettings, 'scheduler'> & VirtualServiceEnvironment,
  ): VirtualService {
    const { service: saved, now, connections } = state;
    const servers = ServerList.fromJSON(saved.servers);
    const timers = options.timers ?? systemTimers;
    const table = ConnectionTable.fromJSON(
      shiftConnectionTable(connections, timers.now() - now),
      ({ server, boundPort }) => servers.find({ address: server, port: boundPort }),
      tableOptions(options),
    );
    const restored = new VirtualService({ ...saved, ...options, servers: [] }, { servers, table });
    restored.service.scheduler.restore(saved.schedulerState);
    restored.keepAwake();
    return restored;
  }

  /** Called by connections. @internal */
  ended(entry: Connection): void {
    this.table.remove(entry.slot);
  }

  /** Called by connections. @internal */
  touched(entry: Connection): void {
    this.table.touch(entry.slot, this.timers.now());
  }

  /** Called by connections. @internal */
  changed(entry: Connection, active: boolean): void {
    this.table.setState(entry.slot, this.table.state(entry.slot), active);
  }

  /** Fills in the key of a client's connection, and says the same for the scheduler. */
  private flowOf(client: Client): Flow {
    const { service, key } = this;
    const source = unmapped(IpAddress.from(client.address), service.family);
    const sourcePort = requirePort('client port', client.port);
    const destinationPort = requirePort('virtual port', client.virtualPort ?? service.port);
    if (source.family !== service.family) {
      throw new RangeError(`Invalid client address: expected IPv${service.family}, got ${source}`);
    }
    key.protocol = protocolNumber(service.protocol);
    key.setClient(source, sourcePort).setVirtual(service.address, destinationPort);
    const destination = service.address;
    return { protocol: service.protocol, source, sourcePort, destination, destinationPort };
  }

  private known(slot: number, now: number): ServiceConnection {
    this.table.touch(slot, now);
    const server = this.table.server(slot) as RealServer;
    return new ServiceConnection(
      this,
      server,
      this.table.serverPort(slot),
      this.table.connection(slot),
    );
  }

  /** Looks at the timers once in a while, as long as there is anything that may run out. */
  private keepAwake(): void {
    if (this.wake !== undefined || this.table.size === 0) return;
    this.wake = this.timers.after(WAKE_INTERVAL_MS, () => {
      this.wake = undefined;
      this.advance();
      this.keepAwake();
    });
  }
}

/** A dual-stack socket shows IPv4 clients as `::ffff:a.b.c.d`. */
function unmapped(address: IpAddress, family: number): IpAddress {
  const isMapped =
    family === 4 &&
    address.family === 6 &&
    (address.word0 | address.word1) === 0 &&
    address.word2 === 0xffff;
  return isMapped ? IpAddress.fromIpv4(address.word3) : address;
}
