/**
 * The director: services and their administration on one side, packets in and verdicts out on the other.
 *
 * A packet that is addressed to the director (a virtual or own address) takes the clients' way, any other
 * one the servers' way. Before each packet, what fell due meanwhile is done: timers, ticks of the
 * statistics, defenses. Time and chance are handed in; the same input gives the same output.
 *
 * | way                 | file                |
 * | ------------------- | ------------------- |
 * | checks, which way   | `ingress.ts`        |
 * | packets for the VIP | `local-input.ts`    |
 * | answers, the rest   | `pass-through.ts`   |
 * | ICMP errors         | `icmp-input.ts`     |
 * | new connections     | `admission.ts`      |
 */
import type { Clock } from '../clock.js';
import { ConnectionTable } from '../connections/connection-table.js';
import type { ConnectionTableOptions } from '../connections/connection-table-options.js';
import { ForwardingOutput, type Side } from '../forwarding/output.js';
import { requireKnownOptions } from '../errors.js';
import { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress, ServerOptions } from '../model/server-settings.js';
import type { RandomSource } from '../random.js';
import type { Service, ServiceSettings } from '../services/service.js';
import type { ServiceName } from '../services/service-key.js';
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
import { Ingress } from './ingress.js';
import { DirectorHost } from './host.js';
import { type ListedConnection, listedConnection } from './listed-connection.js';
import type { PacketBatch } from './packet-batch.js';
import type { Verdict } from './verdict.js';
import { Housekeeping } from './housekeeping.js';
import { NextHop } from './next-hop.js';
import type { DirectorParts } from './parts.js';

/** Tables with fewer entries lie in the caches. */
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
  private readonly housekeeping: Housekeeping;
  private readonly ingress: Ingress;

  /**
   * @param options - What it is made from.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(options: DirectorOptions) {
    requireKnownOptions('create a director', options, DIRECTOR_OPTIONS);
    const administration = administrationOptions(options);
    const { clock, random } = administration;
    const { headroom = 0 } = options;
    super(administration);
    const { services, statistics } = this;
    const tunables = this.tunables.values;
    const table = new ConnectionTable({
      ...tableOptions(options, random),
      timeouts: this.connectionTimeouts,
    });
    const { states } = table;
    const host = new DirectorHost(options.host ?? {}, tunables, random, () => clock.now());
    const output = new ForwardingOutput({ headroom });
    const expireNodest = new ExpireNodestConn(table, tunables);
    const nextHop = new NextHop(table, host);
    const defenses = new Defenses(this.tunables, table, states, options.freeMemory ?? plenty);
    const counters = new TrafficCounters(table, statistics);
    this.clock = clock;
    this.table = table;
    this.defenses = defenses;
    this.defenses.refresh();
    this.parts = {
      services,
      table,
      states,
      tunables,
      counters,
      expireNodest,
      host,
      nextHop,
      output,
    };
    const due = { table, expireNodest, services, statistics, defenses };
    this.housekeeping = new Housekeeping(clock.now(), options, due);
    const { readAheadFrom = READ_AHEAD_FROM } = options;
    this.ingress = new Ingress(this.parts, defenses.packets, readAheadFrom);
  }

  /**
   * Reads a director back.
   *
   * @param state - What {@link Director.toJSON} gave.
   * @param options - As for a new director; tunables are those of the state.
   * @returns A director that goes on where the other one was; its clock may have another origin.
   * @throws {IpvsError} `ERR_SCHEDULER_NOT_FOUND` when a scheduler has an unknown name.
   * @throws {TypeError} When the state is damaged.
   * @throws {RangeError} When the state is damaged.
   */
  static fromJSON(state: DirectorState, options: DirectorOptions): Director {
    const director = new Director(options);
    const { services, table, host, counters, nextHop } = director.parts;
    restoreAdministration(state.configuration, director);
    for (const address of state.addresses) host.addAddress(IpAddress.parse(address));
    for (const service of services) {
      for (const server of service.servers) counters.serverAdded(service, server);
      for (const server of service.servers.removed) counters.serverAdded(service, server);
    }
    const now = director.clock.now();
    restoreConnections(
      state.connections,
      table,
      services,
      Math.ceil(now) - Math.ceil(state.timeMs),
    );
    counters.restore();
    director.housekeeping.restore(state.housekeeping, now);
    director.defenses.restore(state.defenses);
    nextHop.restore(state.paths);
    return director;
  }

  /**
   * Writes the director out; see {@link DirectorState} for what is kept.
   *
   * @returns Plain JSON for {@link Director.fromJSON}.
   */
  toJSON(): DirectorState {
    const timeMs = this.advance();
    return {
      timeMs,
      addresses: this.parts.host.addresses.map(String),
      configuration: stateOfAdministration(this),
      connections: stateOfConnections(this.table, this.services),
      housekeeping: this.housekeeping.stateAt(timeMs),
      defenses: this.defenses.toJSON(),
      paths: this.parts.nextHop.toJSON(),
    };
  }

  /**
   * Takes a packet that came by the leg towards the clients.
   *
   * @param bytes - An Ethernet frame when the host has a link layer, else an IP packet. It is rewritten
   *   where it lies, if it goes on.
   * @param mark - Its firewall mark, 0–4294967295; default 0 = none.
   * @returns What becomes of it; valid until the next packet.
   */
  receive(bytes: Uint8Array, mark = 0): Verdict {
    return this.take(bytes, 0, bytes.length, 'client', mark);
  }

  /**
   * Takes a packet that came by the leg towards the servers.
   *
   * @param bytes - As for {@link Director.receive}.
   * @param mark - Its firewall mark; default 0 = none.
   * @returns What becomes of it; valid until the next packet.
   */
  respond(bytes: Uint8Array, mark = 0): Verdict {
    return this.take(bytes, 0, bytes.length, 'server', mark);
  }

  /**
   * Takes a packet that lies within a larger buffer.
   *
   * @param bytes - The buffer.
   * @param offset - Index of the packet's first byte.
   * @param length - Its bytes.
   * @param side - The leg by which it came.
   * @param mark - Its firewall mark; default 0 = none.
   * @returns What becomes of it; valid until the next packet.
   * @throws {RangeError} When the packet does not lie in the buffer.
   */
  take(bytes: Uint8Array, offset: number, length: number, side: Side, mark = 0): Verdict {
    return this.ingress.process(bytes, offset, length, side, mark, this.advance());
  }

  /**
   * Takes many packets that came by the leg towards the clients, one after the other at one moment. What
   * their look-ups wait for overlaps, which pays when there are many connections.
   *
   * @param batch - The packets, which are rewritten where they lie, if they go on.
   * @param each - Told of every packet, in order, with a verdict that is valid until it returns.
   * @throws {RangeError} When a packet does not lie in the buffer.
   */
  receiveBatch(batch: PacketBatch, each: (verdict: Verdict, index: number) => void): void {
    this.ingress.processBatch(batch, this.advance(), each);
  }

  /**
   * Shows the director a packet that its own host sends from a virtual address: it belongs to a
   * connection like any answer, and leaves as it is.
   *
   * @param bytes - As for {@link Director.receive}; not changed.
   */
  observe(bytes: Uint8Array): void {
    this.ingress.observe(bytes, this.advance());
  }

  /**
   * Does what has fallen due: timers, ticks, defenses. Packets and commands do so by themselves.
   *
   * @returns The present time in milliseconds.
   */
  advance(): number {
    const now = this.clock.now();
    this.housekeeping.runUntil(now);
    return now;
  }

  override addService(name: ServiceName, settings: ServiceSettings = {}): Service {
    const service = super.addService(name, settings);
    if (service.fwmark === 0) this.parts.host.addAddress(service.address);
    return service;
  }

  override deleteService(name: ServiceName): Service {
    const hadServers = (this.findService(name)?.servers.size ?? 0) > 0;
    const service = super.deleteService(name);
    if (hadServers) this.parts.expireNodest.serverRemoved(this.clock.now());
    return service;
  }

  override addServer(name: ServiceName, server: ServerOptions): RealServer {
    const added = super.addServer(name, server);
    this.parts.counters.serverAdded(this.services.require(name), added);
    return added;
  }

  override removeServer(name: ServiceName, server: ServerAddress): RealServer {
    const removed = super.removeServer(name, server);
    this.parts.expireNodest.serverRemoved(this.clock.now());
    return removed;
  }

  /**
   * Sets a tunable; it counts from the next packet, timer or removal on.
   *
   * @param name - The kernel's name, with or without `net.ipv4.vs.` before it.
   * @param value - The value, or its decimal text.
   * @throws {TypeError} When the value is neither number nor text.
   * @throws {RangeError} When there is no such tunable, or the value is out of its range.
   */
  setTunable(name: string, value: number | string): void {
    this.advance();
    this.tunables.set(name, value);
    this.defenses.refresh();
  }

  /**
   * Goes through the connections and templates as listings show them, in no particular order.
   *
   * @returns One row per entry.
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

function tableOptions(options: DirectorOptions, random: RandomSource): ConnectionTableOptions {
  const { connectionLimit: limit, timerLatenessMs = 0, overflow = 'drop' } = options;
  return { random, timerLatenessMs, overflow, ...(limit !== undefined && { limit }) };
}

function plenty(): number {
  return Infinity;
}
