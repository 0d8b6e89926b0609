/**
 * The director: services and their administration, and packets in and verdicts out.
 *
 * Packets to a virtual or own address are processed as client packets, all others as server replies; packets of the
 * host itself as both. Before each packet, timers and periodic tasks that are due run. Clock and random source are
 * injected: the same input gives the same output.
 *
 * | step of a packet's path                     | file               |
 * | ------------------------------------------- | ------------------ |
 * | checks, and which path                      | `ingress.ts`       |
 * | plain packets of known connections          | `fast-path.ts`     |
 * | plain SYNs that open one                    | `fast-opening.ts`  |
 * | packets to the director                     | `local-input.ts`   |
 * | replies, and what is routed                 | `pass-through.ts`  |
 * | packets of the host itself                  | `host-output.ts`   |
 * | ICMP errors                                 | `icmp-input.ts`    |
 * | whether a known connection is used          | `connection-reuse.ts` |
 * | new connections                             | `admission.ts`     |
 * | forwarder and target of a connection        | `next-hop.ts`      |
 */
import type { Clock } from '../clock.js';
import { ConnectionTable } from '../connections/connection-table.js';
import type { ConnectionTableOptions } from '../connections/connection-table-options.js';
import { ForwardingOutput, type Origin } from '../forwarding/output.js';
import { requireKnownOptions } from '../errors.js';
import { kernelRules } from '../model/kernel-profile.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress, ServerOptions } from '../model/server-settings.js';
import type { RandomSource } from '../random.js';
import type { Service, ServiceSettings } from '../services/service.js';
import type { ServiceTable } from '../services/service-table.js';
import type { ServiceName } from '../services/service-key.js';
import type { SyncDaemon, SyncRole } from '../sync/sync-daemon.js';
import type { SyncStatistics } from '../sync/sync-part.js';
import { TrafficCounters } from './traffic-counters.js';
import { Administration } from './administration.js';
import { restoreAdministration, stateOfAdministration } from './administration-state.js';
import { Defenses } from './defenses.js';
import {
  administrationOptions,
  DIRECTOR_OPTIONS,
  type DirectorOptions,
} from './director-options.js';
import { type DirectorState, restoreConnections, stateOfConnections } from './director-state.js';
import { ExpireNodestConn } from './expire-nodest-conn.js';
import { ftpHelper } from './ftp-helper.js';
import { Ingress } from './ingress.js';
import { DirectorHost } from './host.js';
import { HostAddresses } from './host-addresses.js';
import { type ListedConnection, listedConnection } from '../ipvsadm/listed-connection.js';
import type { PacketBatch } from './packet-batch.js';
import type { Verdict } from './verdict.js';
import { Housekeeping } from './housekeeping.js';
import { KnownConnections } from './known-connections.js';
import { LocalServers } from './local-servers.js';
import { optionalParts } from './optional-parts.js';
import { NextHop } from './next-hop.js';
import { OwnClients } from './own-clients.js';
import type { DirectorParts } from './parts.js';
import { requireStateFormat, STATE_FORMAT } from '../state-format.js';

/** Tables with fewer entries fit in the caches. */
const READ_AHEAD_FROM = 16_384;

/**
 * A Linux Virtual Server.
 *
 * @example
 * {@includeCode ../../docs/examples/director.ts}
 * @example
 * {@includeCode ../../docs/examples/director-rules.ts}
 */
export class Director extends Administration {
  /** The connections and templates. */
  readonly table: ConnectionTable;
  private readonly clock: Clock;
  private readonly parts: DirectorParts;
  private readonly defenses: Defenses;
  /** The latest moment that the clock has shown. */
  private latestMs = -Infinity;
  private readonly housekeeping: Housekeeping;
  private readonly ingress: Ingress;
  /** Packets of known connections by their effect alone. @internal */
  readonly known: KnownConnections;

  /**
   * @param options - Its options.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(options: DirectorOptions = {}) {
    requireKnownOptions('create a director', options, DIRECTOR_OPTIONS);
    const administration = administrationOptions(options);
    const { clock, random } = administration;
    const { headroom = 0, readAheadFrom = READ_AHEAD_FROM } = options;
    super(administration);
    const { services, statistics, connectionTimeouts: timeouts } = this;
    const tunables = this.tunables.values;
    const table = tableOf({ ...tableOptions(options, random), timeouts }, services);
    const kernel = kernelRules(options.kernel);
    const host = new DirectorHost(options.host ?? {}, tunables, random, () => clock.now(), kernel);
    const expireNodest = new ExpireNodestConn(table, tunables);
    const defenses = new Defenses(this.tunables, table, options.freeMemory ?? plenty, random);
    const counters = new TrafficCounters(table, statistics);
    const onHost = partsOfHost(host, services, table);
    const environment = { table, services, timeouts, tunables, random, ...onHost };
    const optional = optionalParts(options, environment, () => this.advance());
    defenses.refresh();
    this.clock = clock;
    this.table = table;
    this.defenses = defenses;
    this.parts = {
      services,
      table,
      states: table.states,
      tunables,
      counters,
      expireNodest,
      kernel,
      nextHop: new NextHop(table, host),
      ...onHost,
      output: new ForwardingOutput({ headroom }),
      ftp: ftpHelper({ table, states: table.states, services, counters }, options.ftp),
      ...optional,
    };
    const due = { table, expireNodest, services, statistics, defenses, tunables, ...optional };
    this.housekeeping = new Housekeeping(clock.now(), options, due, kernel);
    this.ingress = new Ingress(this.parts, defenses.packets, readAheadFrom);
    this.known = new KnownConnections(this.parts);
  }

  /**
   * Restores a director.
   *
   * @param state - What {@link Director.toJSON} gave.
   * @param options - As for a new director; tunables are those of the state, and so is the kernel by default.
   * @returns A director that continues where the saved one stopped; its clock may have another origin.
   * @throws {IpvsError} `ERR_SCHEDULER_NOT_FOUND` when a scheduler has an unknown name.
   * @throws {TypeError} When the state is damaged.
   * @throws {RangeError} When the state is damaged.
   */
  static fromJSON(state: DirectorState, options: DirectorOptions = {}): Director {
    requireStateFormat('a director', state);
    const { kernel = state.configuration.kernel } = options;
    const director = new Director({ ...options, ...(kernel !== undefined && { kernel }) });
    const { services, table, counters, nextHop, localServers, ownClients, tracking } =
      director.parts;
    restoreAdministration(state.configuration, director);
    for (const address of state.addresses) director.addresses.add(address);
    for (const service of services) {
      const { servers } = service;
      for (const each of [...servers, ...servers.removed]) counters.serverRestored(service, each);
    }
    const now = director.clock.now();
    const shiftMs = Math.ceil(now) - Math.ceil(state.timeMs);
    restoreConnections(state.connections, table, services, shiftMs);
    counters.restore();
    localServers.addressesAdded();
    ownClients.visit(table);
    director.housekeeping.restore(state.housekeeping, now);
    director.defenses.restore(state.defenses);
    nextHop.restore(state.paths);
    if (state.tracking !== undefined) tracking?.restore(state.tracking);
    return director;
  }

  /**
   * Saves the director; see {@link DirectorState} for what is included.
   *
   * @returns Plain JSON for {@link Director.fromJSON}.
   */
  toJSON(): DirectorState {
    const timeMs = this.advance();
    const { nextHop, tracking } = this.parts;
    return {
      format: STATE_FORMAT,
      timeMs,
      addresses: Array.from(this.addresses, String),
      configuration: stateOfAdministration(this),
      connections: stateOfConnections(this.table, this.services),
      housekeeping: this.housekeeping.stateAt(timeMs),
      defenses: this.defenses.toJSON(),
      paths: nextHop.toJSON(),
      ...(tracking !== undefined && { tracking: tracking.toJSON() }),
    };
  }

  /**
   * Processes a packet that came in on the client side.
   *
   * @param bytes - An Ethernet frame when the host has a link layer, else an IP packet; rewritten in place.
   * @param mark - Its firewall mark, 0–4294967295; default 0 = none.
   * @returns What becomes of it; valid until the next packet.
   */
  receive(bytes: Uint8Array, mark = 0): Verdict {
    return this.take(bytes, 0, bytes.length, 'client', mark);
  }

  /**
   * Processes a packet that came in on the server side.
   *
   * @param bytes - As for {@link Director.receive}.
   * @param mark - Its firewall mark; default 0 = none.
   * @returns What becomes of it; valid until the next packet.
   */
  respond(bytes: Uint8Array, mark = 0): Verdict {
    return this.take(bytes, 0, bytes.length, 'server', mark);
  }

  /**
   * Processes a packet within a larger buffer.
   *
   * @param bytes - The buffer.
   * @param offset - Index of the packet's first byte.
   * @param length - Its bytes.
   * @param side - The interface by which it came in; `'host'` for one that the host itself sends, see
   *   {@link Director.observe}.
   * @param mark - Its firewall mark; default 0 = none.
   * @returns What becomes of it; valid until the next packet.
   * @throws {RangeError} When the packet exceeds the buffer.
   */
  take(bytes: Uint8Array, offset: number, length: number, side: Origin, mark = 0): Verdict {
    return this.ingress.process(bytes, offset, length, side, mark, this.advance());
  }

  /**
   * Processes many packets that came in on the client side, one after the other at one moment. The cache misses
   * of their look-ups overlap, which pays when there are many connections.
   *
   * @param batch - The packets, which are rewritten in place, if they are forwarded.
   * @param each - Called for every packet, in order, with a verdict that is valid until it returns.
   * @throws {RangeError} When a packet exceeds the buffer.
   */
  receiveBatch(batch: PacketBatch, each: (verdict: Verdict, index: number) => void): void {
    this.ingress.processBatch(batch, this.advance(), each);
  }

  /**
   * Processes a packet that the director's own host sends: the answer of a real server on it, or the packet of a
   * program that is a client of a virtual service. The verdict is `forward` when the packet leaves for a client or a
   * server, translated where its connection asks for it; `accept` when it concerns no connection, and the host sends it
   * without the director, or when its destination is on the host too, which then gets
   * {@link Verdict.delivery}; `reply` when the host gets an ICMP error.
   *
   * @param bytes - An IP packet, also when the host has a link layer: it is routed, and gets its header, after this. It
   *   is rewritten in place, if need be.
   * @param mark - Its firewall mark, 0–4294967295; default 0 = none.
   * @returns What becomes of it; valid until the next packet.
   */
  observe(bytes: Uint8Array, mark = 0): Verdict {
    return this.take(bytes, 0, bytes.length, 'host', mark);
  }

  /** The addresses of the host, which may change: with one of them a real server is on the host. */
  get addresses(): HostAddresses {
    return this.parts.addresses;
  }

  /** What its synchronization daemons have sent and received; `undefined` without the option `sync`. */
  get syncStatistics(): SyncStatistics | undefined {
    return this.parts.sync?.statistics;
  }

  /**
   * Runs what is due: timers, periodic tasks, defenses. Packets and commands do so by themselves.
   *
   * @returns The present time in milliseconds.
   */
  advance(): number {
    const now = this.clock.now();
    return now === this.housekeeping.doneMs ? now : this.advanceTo(now);
  }

  /** {@link Director.advance} where something may be due. */
  private advanceTo(time: number): number {
    // A clock that goes back stands still here until it has caught up: timers never run twice.
    const now = Math.max(time, this.latestMs);
    this.latestMs = now;
    this.housekeeping.runUntil(now);
    return now;
  }

  override addService(name: ServiceName, settings: ServiceSettings = {}): Service {
    const service = super.addService(name, settings);
    this.housekeeping.serviceAdded(this.latestMs);
    const { host, localServers } = this.parts;
    if (service.fwmark === 0 && host.addAddress(service.address)) localServers.addressesAdded();
    return service;
  }

  override removeService(name: ServiceName): Service {
    const hadServers = (this.findService(name)?.servers.size ?? 0) > 0;
    const service = super.removeService(name);
    if (hadServers) this.parts.expireNodest.serverRemoved(this.clock.now());
    return service;
  }

  override addServer(name: ServiceName, server: ServerOptions): RealServer {
    const added = super.addServer(name, server);
    this.parts.counters.serverAdded(this.services.get(name), added);
    this.parts.localServers.serverAdded(added.address);
    return added;
  }

  override removeServer(name: ServiceName, server: ServerAddress): RealServer {
    const removed = super.removeServer(name, server);
    this.parts.expireNodest.serverRemoved(this.clock.now());
    return removed;
  }

  override startDaemon(daemon: SyncDaemon): void {
    const now = this.advance();
    super.startDaemon(daemon);
    this.parts.sync?.start(daemon, now);
  }

  override stopDaemon(role: SyncRole): void {
    this.advance();
    super.stopDaemon(role);
    this.parts.sync?.stop(role);
  }

  /**
   * Sets a tunable; it applies from the next packet, timer or removal on.
   *
   * @param name - The kernel's name, with or without `net.ipv4.vs.` before it, or the path of its file.
   * @param value - The value, or its decimal text.
   * @throws {TypeError} When the value is neither a number nor the decimal text of one.
   * @throws {RangeError} When there is no such tunable, or the value is out of its range.
   */
  setTunable(name: string, value: number | string): void {
    this.advance();
    const { drop_entry, drop_packet, secure_tcp } = this.tunables.values;
    this.tunables.set(name, value);
    const now = this.tunables.values;
    const isSame = now.drop_entry === drop_entry && now.drop_packet === drop_packet;
    if (!isSame || now.secure_tcp !== secure_tcp) this.defenses.refresh();
  }

  /**
   * Visits the connections and templates as listings show them, in no particular order.
   *
   * @returns One record per entry.
   */
  *connections(): Iterable<ListedConnection> {
    const now = this.advance();
    const { table } = this;
    for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
      yield listedConnection(table, slot, now);
    }
  }

  protected override beforeChange(): void {
    this.advance();
  }
}

/** A table that recognizes the templates of one-packet services. */
function tableOf(options: ConnectionTableOptions, services: ServiceTable): ConnectionTable {
  const table = new ConnectionTable(options);
  table.eviction.isOfOnePacket = (slot, mark) => {
    const { virtualAddress, virtualPort } = table.endpoints(slot);
    const service = services.lookup(mark, table.protocol(slot), virtualAddress, virtualPort);
    return service?.onePacket === true;
  };
  return table;
}

function tableOptions(options: DirectorOptions, random: RandomSource): ConnectionTableOptions {
  const { connectionLimit: limit, timerLatenessMs = 0, overflow = 'drop' } = options;
  return { random, timerLatenessMs, overflow, ...(limit !== undefined && { limit }) };
}

function partsOfHost(
  host: DirectorHost,
  services: ServiceTable,
  table: ConnectionTable,
): Pick<DirectorParts, 'host' | 'localServers' | 'ownClients' | 'addresses'> {
  const localServers = new LocalServers(host, services);
  const ownClients = new OwnClients(host);
  const addresses = new HostAddresses({ host, localServers, ownClients }, table);
  return { host, localServers, ownClients, addresses };
}

function plenty(): number {
  return Infinity;
}
