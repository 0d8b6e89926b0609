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
import { ConnectionTable } from '../connections/connection-table.js';
import { MAX_TIMEOUT_MS } from '../connections/entry-lifecycle.js';
import { requireInteger } from '../errors.js';
import { IpAddress, type IpAddressLike } from '../ip-address.js';
import { type Flow, requirePort } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress, ServerOptions } from '../model/server-settings.js';
import type { ServerList } from '../model/server-list.js';
import type { RandomSource } from '../random.js';
import type { SchedulerFactory } from '../schedulers/scheduler.js';
import { type CancelTimer, systemTimers, type Timers } from '../timers.js';
import { ConnectionOpener } from './connection-opener.js';
import { Draining } from './draining.js';
import type { PersistenceOptions } from './persistence-settings.js';
import { Service } from './service.js';
import { ServiceConnection, type ServiceConnectionOwner } from './service-connection.js';
import { createServiceKey, protocolNumber, type ServiceName } from './service-key.js';

/** Settings of a {@link VirtualService} that may be changed while it runs. */
export interface VirtualServiceSettings {
  /** How servers are chosen, such as `weightedLeastConnection()`. */
  readonly scheduler: SchedulerFactory;
  /** For how long and for whom the choice of a server is kept; default `false`: it is not. */
  readonly persistence?: PersistenceOptions | false;
  /** Whether each datagram is scheduled on its own, for UDP only; default `false`. */
  readonly onePacket?: boolean;
}

/** What a {@link VirtualService} lives on. */
export interface VirtualServiceEnvironment {
  /** Where time comes from; default the platform's own. */
  readonly timers?: Timers;
  /** Draws the hash function of the connection table; default the platform's own source. */
  readonly random?: RandomSource;
  /** How many connections and templates there may be; default 67108863. */
  readonly connectionLimit?: number;
  /** After which time without traffic a connection is over, 1–4233600 s; default 300 for UDP, else 49 days. */
  readonly idleTimeoutSeconds?: number;
  /** Whether a persistent client whose server has weight 0 gets another one; default `false`. */
  readonly expireQuiescentTemplate?: boolean;
}

/** A virtual service as it is made. */
export type VirtualServiceOptions = ServiceName &
  VirtualServiceSettings &
  VirtualServiceEnvironment & {
    /** The first real servers, added one after the other. */
    readonly servers?: Iterable<ServerOptions>;
  };

/** A client as its socket tells it. */
export interface Client {
  /** The client's address: `socket.remoteAddress`. IPv4 in IPv6 form (`::ffff:a.b.c.d`) is IPv4. */
  readonly address: IpAddressLike;
  /** The client's port, 0–65535: `socket.remotePort`. */
  readonly port: number;
  /** The port the client asked for; default the service's. */
  readonly virtualPort?: number;
}

const DATAGRAM_TIMEOUT_SECONDS = 300;
const ESTABLISHED = 1;
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
  private readonly timeoutMs: number;
  private readonly key = new ConnectionKey();
  private wake: CancelTimer | undefined;

  /**
   * @param options - What it serves, how, and its first servers.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   * @throws {IpvsError} `ERR_SERVER_EXISTS` when two of the servers are the same.
   */
  constructor(options: VirtualServiceOptions) {
    const timers = options.timers ?? systemTimers;
    const service = new Service(createServiceKey(options), options, { clock: timers });
    const table = new ConnectionTable(tableOptions(options));
    this.service = service;
    this.table = table;
    this.timers = timers;
    this.timeoutMs = timeoutOf(service, options);
    this.opener = new ConnectionOpener(table, () => options.expireQuiescentTemplate === true);
    table.observer = {
      connectionRemoved: (slot) => {
        if (!table.isTemplate(slot)) this.draining.connectionEnds(table.server(slot));
      },
    };
    for (const server of options.servers ?? []) service.servers.add(server);
    service.servers.subscribe({
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
    const opening = opener.open(service, this.key, flow, service.onePacket, now);
    if (opening === 'no-destination' || opening === 'table-full') return undefined;
    const server = opener.server as RealServer;
    if (opening === 'one-packet') {
      return new ServiceConnection(this, server, opener.serverPort, undefined);
    }
    return this.begin(opener.slot, server, opener.serverPort, now);
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

  private begin(slot: number, server: RealServer, port: number, now: number): ServiceConnection {
    const isStream = this.service.protocol !== 'udp';
    this.table.setState(slot, isStream ? ESTABLISHED : 0, isStream);
    this.table.setTimeout(slot, this.timeoutMs);
    this.table.touch(slot, now);
    this.keepAwake();
    return new ServiceConnection(this, server, port, this.table.connection(slot));
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

function tableOptions(options: VirtualServiceEnvironment): {
  random?: RandomSource;
  limit?: number;
} {
  return {
    ...(options.random !== undefined && { random: options.random }),
    ...(options.connectionLimit !== undefined && { limit: options.connectionLimit }),
  };
}

function timeoutOf(service: Service, { idleTimeoutSeconds }: VirtualServiceEnvironment): number {
  const longest = MAX_TIMEOUT_MS / 1000;
  const byProtocol = service.protocol === 'udp' ? DATAGRAM_TIMEOUT_SECONDS : longest;
  return requireInteger('idle timeout', idleTimeoutSeconds ?? byProtocol, 1, longest) * 1000;
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
