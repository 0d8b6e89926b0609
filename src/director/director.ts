/**
 * The director: services and their administration on one side, packets in and verdicts out on the other.
 *
 * A packet that is addressed to the director (a virtual or own address) takes the clients' way, any other
 * one the servers' way. Before each packet, what fell due meanwhile is done: timers, ticks of the
 * statistics, defences. Time and chance are handed in; the same input gives the same output.
 *
 * | way                 | file                |
 * | ------------------- | ------------------- |
 * | packets for the VIP | `local-input.ts`    |
 * | answers, the rest   | `pass-through.ts`   |
 * | ICMP errors         | `icmp-input.ts`     |
 * | new connections     | `admission.ts`      |
 */
import { type Clock, systemClock } from '../clock.js';
import { ConnectionStates } from '../connections/connection-states.js';
import { ConnectionTable } from '../connections/connection-table.js';
import type { TimeoutSettings } from '../connections/timeouts.js';
import { ForwardingOutput, type Side } from '../forwarding/output.js';
import { Reassembler } from '../forwarding/reassembly.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../model/server-list.js';
import { type RandomSource, systemRandom } from '../random.js';
import type { SchedulerRegistry } from '../services/scheduler-registry.js';
import type { Service, ServiceSettings } from '../services/service.js';
import type { ServiceName } from '../services/service-key.js';
import { ServiceTable } from '../services/service-table.js';
import { Packet } from '../wire/packet.js';
import { Accounts } from './accounts.js';
import { Admission } from './admission.js';
import { DirectorContext } from './context.js';
import { Defences, type FreeMemory } from './defences.js';
import { DirectorHost, type HostOptions } from './host.js';
import { IcmpInput } from './icmp-input.js';
import { LocalInput } from './local-input.js';
import { MasqueradedServers } from './masqueraded-servers.js';
import { Verdict } from './packet-verdict.js';
import { PassThrough } from './pass-through.js';
import { Schedule } from './schedule.js';
import { RemovedServers } from './removed-servers.js';
import { TunnelServers } from './tunnel-servers.js';
import { type TunableName, Tunables } from './tunables.js';

/** What a director is made from; everything but the schedulers has a default. */
export interface DirectorOptions {
  /** Finds schedulers by name: `schedulersByName` of `ipvs/schedulers`. */
  readonly schedulers: SchedulerRegistry;
  /** Where time comes from; default the process's own. */
  readonly clock?: Clock;
  /** Where chance comes from; default the platform's own. */
  readonly random?: RandomSource;
  /** The host; default: two legs of 1500 bytes, bare IP packets. */
  readonly host?: HostOptions;
  /** Tunables that shall not have their default. */
  readonly tunables?: Readonly<Partial<Record<TunableName, number | string>>>;
  /** How many connections and templates there may be; default 67108863. */
  readonly connectionLimit?: number;
  /** How many bytes in front of each packet may be overwritten, so that tunnel headers need no copy; default 0. */
  readonly headroom?: number;
  /** Tells the free memory to the automatic defences; default: there is always enough. */
  readonly freeMemory?: FreeMemory;
  /** By how much timers are taken to run late when a template is re-armed, in milliseconds; default 0. */
  readonly timerLatenessMs?: number;
  /** The time between two ticks of the statistics, in milliseconds; default 2000. */
  readonly estimationIntervalMs?: number;
  /** The moment of the first tick, in milliseconds of the clock; default one interval from now. */
  readonly firstEstimationMs?: number;
}

/**
 * A Linux Virtual Server.
 *
 * @example
 * {@includeCode ../../docs/examples/director.ts}
 */
export class Director {
  /** The virtual services; change them by the methods here. */
  readonly services: ServiceTable;
  /** The connections and templates. */
  readonly connections: ConnectionTable;
  /** The tunables; change them by {@link Director.setTunable}. */
  readonly tunables: Tunables;
  /** The statistics. */
  readonly accounts: Accounts;
  private readonly clock: Clock;
  private readonly host: DirectorHost;
  private readonly states: ConnectionStates;
  private readonly context: DirectorContext;
  private readonly defences: Defences;
  private readonly removedServers: RemovedServers;
  private readonly schedule: Schedule;
  private readonly local: LocalInput;
  private readonly passing: PassThrough;
  private readonly packet = new Packet();
  private readonly verdict: Verdict;

  /**
   * @param options - What it is made from.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  constructor(options: DirectorOptions) {
    const { schedulers, clock = systemClock, random = systemRandom } = options;
    const { connectionLimit: limit, timerLatenessMs = 0, headroom = 0 } = options;
    this.clock = clock;
    this.tunables = new Tunables(options.tunables);
    const tunables = this.tunables.values;
    const tunable = (name: 'lblc_expiration' | 'lblcr_expiration'): number => tunables[name];
    this.services = new ServiceTable({ schedulers, clock, random, tunable });
    const table = new ConnectionTable({
      random,
      timerLatenessMs,
      ...(limit !== undefined && { limit }),
    });
    this.connections = table;
    this.states = new ConnectionStates(table);
    this.accounts = new Accounts(table);
    this.host = new DirectorHost(options.host ?? {}, tunables, random, () => clock.now());
    const output = new ForwardingOutput({ headroom });
    this.verdict = new Verdict(output, this.host);
    const { services, states, accounts, host: environment } = this;
    const parts = { services, table, states, tunables, accounts, environment, output };
    this.context = new DirectorContext(parts);
    const freeMemory = options.freeMemory ?? ((): number => Infinity);
    this.defences = new Defences(this.tunables, table, states, freeMemory);
    this.defences.refresh();
    this.removedServers = new RemovedServers(table);
    this.schedule = new Schedule(clock.now(), options, {
      table,
      removedServers: this.removedServers,
      accounts,
      defences: this.defences,
    });
    const { context } = this;
    const reassembler = new Reassembler();
    const admission = new Admission(context, this.defences.packets);
    const icmp = new IcmpInput(context, admission, new TunnelServers(services));
    this.local = new LocalInput(context, admission, icmp, reassembler);
    const masqueraded = new MasqueradedServers(services);
    this.passing = new PassThrough(context, icmp, reassembler, masqueraded);
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
    const { context, packet } = this;
    const now = this.clock.now();
    this.schedule.runUntil(now);
    context.begin(now, side, mark);
    const parsed =
      this.host.link === undefined
        ? packet.parse(bytes, offset, length)
        : packet.parseFrame(bytes, offset, length);
    if (parsed !== 'ok') return this.conclude(context.conclude('drop', parsed), false);
    const isLocal = this.isLocal(packet);
    const action = isLocal ? this.local.receive(packet) : this.passing.receive(packet);
    return this.conclude(action, !isLocal && action === 'accept');
  }

  /**
   * Shows the director a packet that its own host sends from a virtual address: it belongs to a
   * connection like any answer, and leaves as it is.
   *
   * @param bytes - As for {@link Director.receive}; not changed.
   */
  observe(bytes: Uint8Array): void {
    const { context, packet } = this;
    const now = this.clock.now();
    this.schedule.runUntil(now);
    context.begin(now, 'server', 0);
    const parsed = this.host.link === undefined ? packet.parse(bytes) : packet.parseFrame(bytes);
    if (parsed === 'ok') this.passing.observe(packet);
  }

  /**
   * Does what has fallen due: timers, ticks, defences. Packets and commands do so by themselves.
   *
   * @returns The present time in milliseconds.
   */
  advance(): number {
    const now = this.clock.now();
    this.schedule.runUntil(now);
    return now;
  }

  /**
   * Adds a virtual service.
   *
   * @param name - What names it.
   * @param settings - Its settings; what is not given has its default.
   * @returns The service.
   * @throws {IpvsError} `ERR_SERVICE_EXISTS`, `ERR_SCHEDULER_NOT_FOUND`.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  addService(name: ServiceName, settings: ServiceSettings = {}): Service {
    this.advance();
    const service = this.services.add(name, settings);
    if (service.fwmark === 0) this.host.addAddress(service.address);
    return service;
  }

  /**
   * Changes a virtual service's settings, all at once or not at all.
   *
   * @param name - What names it.
   * @param settings - What to change; what is not given stays.
   * @returns The service.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`, `ERR_SCHEDULER_NOT_FOUND`.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  editService(name: ServiceName, settings: ServiceSettings): Service {
    this.advance();
    return this.services.edit(name, settings);
  }

  /**
   * Deletes a virtual service; its servers are removed, its connections stay as theirs do.
   *
   * @param name - What names it.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`.
   */
  deleteService(name: ServiceName): void {
    const now = this.advance();
    const hadServers = (this.services.find(name)?.servers.size ?? 0) > 0;
    this.accounts.serviceDeleted(this.services.delete(name));
    if (hadServers) this.noteRemoval(now);
  }

  /** Deletes all virtual services. */
  flush(): void {
    for (const service of this.services) this.deleteService(service);
  }

  /**
   * Adds a real server to a service.
   *
   * @param name - What names the service.
   * @param server - The server; what is not given has its default.
   * @returns The server.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`, `ERR_SERVER_EXISTS`.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  addServer(name: ServiceName, server: ServerOptions): RealServer {
    this.advance();
    const service = this.services.require(name);
    const added = service.servers.add(server);
    this.accounts.serverAdded(service, added);
    return added;
  }

  /**
   * Changes a real server's settings, all at once or not at all.
   *
   * @param name - What names the service.
   * @param server - The server's address and port.
   * @param settings - What to change; what is not given stays.
   * @returns The server.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`, `ERR_SERVER_NOT_FOUND`.
   * @throws {TypeError} When a value has the wrong type.
   * @throws {RangeError} When a value is out of range.
   */
  editServer(name: ServiceName, server: ServerAddress, settings: ServerSettings): RealServer {
    this.advance();
    return this.services.require(name).servers.edit(server, settings);
  }

  /**
   * Removes a real server from a service; its connections stay.
   *
   * @param name - What names the service.
   * @param server - The server's address and port.
   * @returns The server.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`, `ERR_SERVER_NOT_FOUND`.
   */
  removeServer(name: ServiceName, server: ServerAddress): RealServer {
    const now = this.advance();
    const removed = this.services.require(name).servers.remove(server);
    this.noteRemoval(now);
    return removed;
  }

  /** The timeouts that can be changed, in seconds. */
  get timeouts(): TimeoutSettings {
    return this.states.timeouts.settings;
  }

  /**
   * Changes timeouts; each connection takes them over with its next packet.
   *
   * @param change - New values in seconds, 0–2678400; 0 or none leaves one as it is.
   * @throws {TypeError} When a value is not a number.
   * @throws {RangeError} When a value is out of range; then nothing is changed.
   */
  setTimeouts(change: Partial<TimeoutSettings>): void {
    this.advance();
    this.states.timeouts.set(change);
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
    this.defences.refresh();
  }

  /**
   * Lets the shown numbers begin at 0: of one service and its servers, or of everything.
   *
   * @param name - What names the service; default everything.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`.
   */
  zero(name?: ServiceName): void {
    this.advance();
    const services = name === undefined ? [...this.services] : [this.services.require(name)];
    if (name === undefined) this.accounts.total.zero();
    for (const service of services) {
      this.accounts.ofService(service).zero();
      for (const server of service.servers) this.accounts.ofServer(service, server).zero();
    }
  }

  private isLocal(packet: Packet): boolean {
    if (this.context.mark !== 0 && this.context.side === 'client') return true;
    const locality = this.host.localityOf(
      packet.family,
      packet.destinationWord0,
      packet.destinationWord1,
      packet.destinationWord2,
      packet.destinationWord3,
    );
    return locality !== 'foreign';
  }

  private conclude(action: Verdict['action'], routed: boolean): Verdict {
    const { context, verdict } = this;
    verdict.action = action;
    verdict.reason = context.reason;
    verdict.service = context.service;
    verdict.server = context.server;
    verdict.leaves = routed || action === 'forward' || action === 'reply';
    return verdict;
  }

  private noteRemoval(now: number): void {
    if (this.tunables.values.expire_nodest_conn !== 0) this.removedServers.removed(now);
  }
}
