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
import { hasSourceRoute } from '../forwarding/ip-options.js';
import { Reassembler } from '../forwarding/reassembly.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../model/server-settings.js';
import { type RandomSource, systemRandom } from '../random.js';
import type { Service, ServiceSettings } from '../services/service.js';
import type { ServiceName } from '../services/service-key.js';
import { Packet } from '../wire/packet.js';
import { Accounts } from './accounts.js';
import { Administration, type AdministrationOptions } from './administration.js';
import { Admission } from './admission.js';
import { DirectorContext } from './context.js';
import { Defences, type FreeMemory } from './defences.js';
import { DirectorHost, type HostOptions } from './host.js';
import { IcmpInput } from './icmp-input.js';
import { type ListedConnection, listedConnection } from './listed-connection.js';
import { LocalInput } from './local-input.js';
import { MasqueradedServers } from './masqueraded-servers.js';
import { Verdict } from './packet-verdict.js';
import { PassThrough } from './pass-through.js';
import { Schedule } from './schedule.js';
import { RemovedServers } from './removed-servers.js';
import { TunnelServers } from './tunnel-servers.js';
import { type TunableName, Tunables } from './tunables.js';

/** What a director is made from; everything but the schedulers has a default. */
export interface DirectorOptions extends Omit<AdministrationOptions, 'tunables'> {
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
export class Director extends Administration {
  /** The connections and templates. */
  readonly table: ConnectionTable;
  private readonly clock: Clock;
  private readonly host: DirectorHost;
  private readonly accounts: Accounts;
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
    const { clock = systemClock, random = systemRandom, headroom = 0 } = options;
    super({ ...options, clock, random, tunables: new Tunables(options.tunables) });
    this.clock = clock;
    const { services } = this;
    const tunables = this.tunables.values;
    const table = createTable(options, random);
    const states = new ConnectionStates(table, this.connectionTimeouts);
    const accounts = new Accounts(table, this.statistics);
    const environment = new DirectorHost(options.host ?? {}, tunables, random, () => clock.now());
    const output = new ForwardingOutput({ headroom });
    const parts = { services, table, states, tunables, accounts, environment, output };
    this.table = table;
    this.accounts = accounts;
    this.host = environment;
    this.verdict = new Verdict(output, environment);
    this.context = new DirectorContext(parts);
    this.defences = new Defences(this.tunables, table, states, options.freeMemory ?? plenty);
    this.defences.refresh();
    this.removedServers = new RemovedServers(table);
    this.schedule = new Schedule(clock.now(), options, {
      table,
      removedServers: this.removedServers,
      administration: this,
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
    if (hasSourceRoute(packet))
      return this.conclude(context.conclude('drop', 'source-route'), false);
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

  override addService(name: ServiceName, settings: ServiceSettings = {}): Service {
    this.advance();
    const service = super.addService(name, settings);
    if (service.fwmark === 0) this.host.addAddress(service.address);
    return service;
  }

  override editService(name: ServiceName, settings: ServiceSettings): Service {
    this.advance();
    return super.editService(name, settings);
  }

  override deleteService(name: ServiceName): Service {
    const now = this.advance();
    const hadServers = (this.findService(name)?.servers.size ?? 0) > 0;
    const service = super.deleteService(name);
    if (hadServers) this.noteRemoval(now);
    return service;
  }

  override addServer(name: ServiceName, server: ServerOptions): RealServer {
    this.advance();
    const added = super.addServer(name, server);
    this.accounts.serverAdded(this.services.require(name), added);
    return added;
  }

  override editServer(
    name: ServiceName,
    server: ServerAddress,
    settings: ServerSettings,
  ): RealServer {
    this.advance();
    return super.editServer(name, server, settings);
  }

  override removeServer(name: ServiceName, server: ServerAddress): RealServer {
    const now = this.advance();
    const removed = super.removeServer(name, server);
    this.noteRemoval(now);
    return removed;
  }

  override setTimeouts(timeouts: Partial<TimeoutSettings>): void {
    this.advance();
    super.setTimeouts(timeouts);
  }

  override zero(name?: ServiceName): void {
    this.advance();
    super.zero(name);
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

function createTable(options: DirectorOptions, random: RandomSource): ConnectionTable {
  const { connectionLimit: limit, timerLatenessMs = 0 } = options;
  return new ConnectionTable({ random, timerLatenessMs, ...(limit !== undefined && { limit }) });
}

function plenty(): number {
  return Infinity;
}
