/**
 * Traffic counters: a packet counts for its server, its service and the whole director. Its bytes are those of the IP
 * packet as received: what a tunnel adds does not count. A one-packet connection counts as one, a template does not.
 *
 * The counters of a connection are found by the number of its destination (which its entry shares with
 * others of the same server), so that counting a packet needs no map. Packets of a connection
 * whose server was removed are not counted until the server returns.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { StatisticsRegistry } from '../statistics/statistics-registry.js';
import { Statistics } from '../statistics/statistics.js';

const PACKETS_IN = 0;
const BYTES_IN = 1;
const PACKETS_OUT = 2;
const BYTES_OUT = 3;
const CONNECTIONS = 4;

/** The statistics that connections of one server count for, and the counts that are not flushed yet. */
class ServerCounters {
  /** Whose they are. */
  readonly owner: RealServer;
  server: Statistics;
  service: Statistics;
  /** Packets and bytes from clients, packets and bytes to clients, connections. */
  readonly pending = new Float64Array(5);
  /** Whether no count is pending. Mostly `false`, which the engine tests faster than `true`. */
  isFlushed = true;

  constructor(owner: RealServer, server: Statistics, service: Statistics) {
    this.owner = owner;
    this.server = server;
    this.service = service;
  }
}

/** Counts packets and connections. */
export class TrafficCounters {
  private readonly table: ConnectionTable;
  private readonly registry: StatisticsRegistry;
  private readonly servers = new WeakMap<RealServer, ServerCounters>();
  private readonly byDestination: (ServerCounters | undefined)[] = [];
  private readonly deferred: ServerCounters[] = [];

  /**
   * @param table - Whose connections are counted.
   * @param registry - The statistics of servers, services and the director.
   */
  constructor(table: ConnectionTable, registry: StatisticsRegistry) {
    this.table = table;
    this.registry = registry;
    registry.flush = () => this.flush();
  }

  /**
   * Begins to count for a server that was added to a service and had connections before. A new server gets its counters
   * with its first connection.
   *
   * @param service - The service.
   * @param server - The server.
   */
  serverAdded(service: Service, server: RealServer): void {
    if (this.servers.has(server)) this.serverRestored(service, server);
  }

  /**
   * Begins to count for a server whose connections will be restored.
   *
   * @param service - The service.
   * @param server - The server.
   */
  serverRestored(service: Service, server: RealServer): void {
    this.flush();
    const counters = this.countersOf(service, server);
    counters.server = this.registry.of(server);
    counters.service = this.registry.of(service);
  }

  /**
   * Counts a connection that was scheduled, and assigns the counters of its packets.
   *
   * @param slot - Its entry; −1 for one-packet connections.
   * @param service - Its service.
   * @param server - Its server.
   */
  countConnection(slot: number, service: Service, server: RealServer): void {
    const counters =
      slot >= 0 ? this.assign(slot, service, server) : this.countersOf(service, server);
    if (counters.isFlushed) this.defer(counters);
    counters.pending[CONNECTIONS] += 1;
  }

  /**
   * Assigns the counters of a connection that a helper has announced; it counts as none of its own.
   *
   * @param slot - Its entry.
   */
  adopt(slot: number): void {
    const server = this.table.server(slot);
    const counters = server === undefined ? undefined : this.servers.get(server);
    if (counters === undefined) return;
    this.byDestination[this.table.fastPath.destinationOf(slot)] = counters;
  }

  /**
   * Counts a client's packet of a known connection.
   *
   * @param slot - The connection's entry.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countIn(slot: number, lengthBytes: number): void {
    this.countInOf(this.table.server(slot), this.table.fastPath.destinationOf(slot), lengthBytes);
  }

  /**
   * Counts a client's packet of a known connection whose server and destination were read already.
   *
   * @param server - The connection's server.
   * @param destination - The number of its destination.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countInOf(server: RealServer | undefined, destination: number, lengthBytes: number): void {
    if (server?.available === true) this.countInAt(destination, lengthBytes);
  }

  /**
   * Counts a client's packet of a known connection whose server is available.
   *
   * @param destination - The number of the connection's destination.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countInAt(destination: number, lengthBytes: number): void {
    const counters = this.byDestination[destination];
    if (counters === undefined) return;
    if (counters.isFlushed) this.defer(counters);
    const { pending } = counters;
    pending[PACKETS_IN] += 1;
    pending[BYTES_IN] += lengthBytes;
  }

  /**
   * Counts a client's packet of a one-packet connection.
   *
   * @param service - Its service.
   * @param server - Its server.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countOnePacketIn(service: Service, server: RealServer, lengthBytes: number): void {
    const counters = this.countersOf(service, server);
    counters.server.countIn(lengthBytes);
    counters.service.countIn(lengthBytes);
    this.registry.total.countIn(lengthBytes);
  }

  /**
   * Counts a server's packet of a one-packet connection.
   *
   * @param service - Its service.
   * @param server - Its server.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countOnePacketOut(service: Service, server: RealServer, lengthBytes: number): void {
    const counters = this.countersOf(service, server);
    counters.server.countOut(lengthBytes);
    counters.service.countOut(lengthBytes);
    this.registry.total.countOut(lengthBytes);
  }

  /**
   * Counts a server's packet of a known connection.
   *
   * @param slot - The connection's entry.
   * @param lengthBytes - The length of the IP packet as received.
   */
  countOut(slot: number, lengthBytes: number): void {
    const counters = this.countersOfSlot(slot);
    if (counters === undefined) return;
    if (counters.isFlushed) this.defer(counters);
    const { pending } = counters;
    pending[PACKETS_OUT] += 1;
    pending[BYTES_OUT] += lengthBytes;
  }

  /** Assigns the counters of restored entries; those of their servers are restored with the servers. */
  restore(): void {
    const { table, byDestination } = this;
    for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
      const server = table.server(slot);
      const destination = table.fastPath.destinationOf(slot);
      if (server === undefined || byDestination[destination] !== undefined) continue;
      byDestination[destination] = this.servers.get(server) ?? this.forgotten(server);
    }
  }

  /** Assigns the counters of a connection, which mostly has a destination that others had before. */
  private assign(slot: number, service: Service, server: RealServer): ServerCounters {
    const destination = this.table.fastPath.destinationOf(slot);
    const present = this.byDestination[destination];
    if (present?.owner === server) return present;
    const counters = this.countersOf(service, server);
    this.byDestination[destination] = counters;
    return counters;
  }

  /** The counters of a server whose service was deleted; its statistics are assigned when it returns. */
  private forgotten(server: RealServer): ServerCounters {
    const counters = new ServerCounters(server, new Statistics(), new Statistics());
    this.servers.set(server, counters);
    return counters;
  }

  private countersOf(service: Service, server: RealServer): ServerCounters {
    let counters = this.servers.get(server);
    if (counters === undefined) {
      counters = new ServerCounters(server, this.registry.of(server), this.registry.of(service));
      this.servers.set(server, counters);
    }
    return counters;
  }

  private defer(counters: ServerCounters): void {
    counters.isFlushed = false;
    this.deferred.push(counters);
  }

  /** Flushes pending counts. A packet updates one counter; server, service and total are summed when read. */
  private flush(): void {
    for (const counters of this.deferred) {
      const { pending } = counters;
      counters.server.add(pending);
      counters.service.add(pending);
      this.registry.total.add(pending);
      pending.fill(0);
      counters.isFlushed = true;
    }
    this.deferred.length = 0;
  }

  private countersOfSlot(slot: number): ServerCounters | undefined {
    const server = this.table.server(slot);
    if (server?.available !== true) return undefined;
    return this.byDestination[this.table.fastPath.destinationOf(slot)];
  }
}
