/**
 * One service under a load: a discrete-event loop over a real scheduler, server list and clock.
 *
 * A connection is in use from its begin for its duration, and then lingers as an inactive one for as
 * long as the director remembers it. TCP and SCTP connections are active while in use, UDP ones never;
 * with one-packet scheduling a datagram is forgotten at once. Source: ipvsadm(8), and recorded states.
 */
import { ManualClock } from '../clock.js';
import type { Flow } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import { ServerList } from '../model/server-list.js';
import { seededRandom } from '../random.js';
import { createScheduler } from '../schedulers/create-scheduler.js';
import type { Scheduler, SchedulerName } from '../schedulers/scheduler.js';
import { ClientMemory } from './client-memory.js';
import { EventQueue } from './event-queue.js';
import type { ServiceRules } from './service-rules.js';
import type { Workload } from './workload.js';

/** What can be varied in a run. */
export interface RunOptions {
  /** The algorithm, instead of the service's own. */
  readonly scheduler?: SchedulerName;
  /** Decides the draws of `twos`; any integer of 32 bits; default 1. */
  readonly seed?: number;
}

/** What one server got in a run. */
export interface ServerLoad {
  /** The server, with its present counters. */
  readonly server: RealServer;
  /** How many connections it was given. */
  readonly opened: number;
  /** How many connections it has in use. */
  readonly inUse: number;
  /** The most it ever had in use at once. */
  readonly peak: number;
}

/** How long the director remembers a connection that is over, in milliseconds. */
const LINGER_MS = { tcp: 120_000, udp: 300_000, sctp: 10_000 } as const;

/** How many connections of clients that try again are open at once. */
const STAYING = 64;

/** No server, in the record of who got which. */
const NONE = -1;

type MutableLoad = { -readonly [K in keyof ServerLoad]: ServerLoad[K] };

/** A run in progress, connection by connection. */
export class ServiceRun {
  /** The rules that are simulated. */
  readonly rules: ServiceRules;
  /** The load they are under. */
  readonly workload: Workload;
  /** The algorithm at work. */
  readonly scheduler: SchedulerName;
  /** Which server each connection got, as an index into {@link ServiceRun.loads}; −1 = none. */
  readonly assigned: Int32Array;

  private readonly list: ServerList;
  private readonly picker: Scheduler;
  private readonly clock = new ManualClock();
  private readonly memory: ClientMemory | undefined;
  private readonly ends = new EventQueue();
  private readonly perServer: MutableLoad[];
  private readonly indexOf: ReadonlyMap<RealServer, number>;
  private readonly isTracked: boolean;
  private readonly countsAsActive: boolean;
  private readonly lingerMs: number;
  private begun = 0;
  private closedCount = 0;
  private inUse = 0;
  private peakInUse = 0;

  /**
   * @param rules - The service.
   * @param workload - Its load.
   * @param options - What to vary.
   * @throws {RangeError} When the rules have a value out of range.
   */
  constructor(rules: ServiceRules, workload: Workload, options: RunOptions = {}) {
    const protocol = 'protocol' in rules.service ? rules.service.protocol : 'tcp';
    this.rules = rules;
    this.workload = workload;
    this.scheduler = options.scheduler ?? rules.scheduler;
    this.list = new ServerList(rules.servers);
    const random = seededRandom(~(options.seed ?? 1));
    this.picker = createScheduler(this.scheduler, this.list, {
      ...rules.flags,
      clock: this.clock,
      random,
    });
    this.memory = rules.persistence && new ClientMemory(rules.persistence);
    const servers = [...this.list].toReversed();
    this.perServer = servers.map((server) => ({ server, opened: 0, inUse: 0, peak: 0 }));
    this.indexOf = new Map(servers.map((server, index) => [server, index]));
    this.assigned = new Int32Array(workload.connections).fill(NONE);
    this.isTracked = !rules.onePacket;
    this.countsAsActive = protocol !== 'udp';
    this.lingerMs = LINGER_MS[protocol];
  }

  /** What each server got so far, in the order of the rules. */
  get loads(): readonly ServerLoad[] {
    return this.perServer;
  }

  /** How many connections have begun, refused ones included. */
  get connections(): number {
    return this.begun;
  }

  /** How many connections got no server. */
  get refused(): number {
    return this.begun - this.opened;
  }

  /** How many connections got a server. */
  get opened(): number {
    return this.perServer.reduce((sum, { opened }) => sum + opened, 0);
  }

  /** How many connections have been forgotten again. */
  get closed(): number {
    return this.closedCount;
  }

  /** The most connections that were ever in use at once, over all servers. */
  get peak(): number {
    return this.peakInUse;
  }

  /**
   * Lets some more connections begin, and end whatever is due by then.
   *
   * @param count - How many at most; default all that are left.
   * @returns Whether any are left.
   */
  advance(count: number = this.workload.connections): boolean {
    const end = Math.min(this.begun + count, this.workload.connections);
    while (this.begun < end) {
      const connection = this.begun;
      this.begun += 1;
      this.begin(connection);
    }
    return end < this.workload.connections;
  }

  /** Lets time pass until every connection has ended and is forgotten. */
  drain(): void {
    this.endUntil(Infinity);
  }

  /**
   * Takes a server out of the service.
   *
   * @param index - Which one, as in {@link ServiceRun.loads}.
   */
  remove(index: number): void {
    this.list.remove((this.perServer[index] as ServerLoad).server);
  }

  /**
   * Lets clients come back one after the other at the present moment, with connections they have had.
   *
   * Only the last few stay open, so that the load is about what it was; in the end all are taken away.
   *
   * @param connections - Connections that have begun.
   * @returns For each which server it gets now, as an index into {@link ServiceRun.loads}; −1 = none.
   */
  tryAgain(connections: readonly number[]): Int32Array {
    const got = new Int32Array(connections.length);
    for (let place = 0; place < connections.length + STAYING; place++) {
      const oldest = got[place - STAYING] ?? NONE;
      if (oldest !== NONE) this.changeTrials(oldest, -1);
      const connection = connections[place];
      if (connection === undefined) continue;
      const server = this.choose(this.workload.flow(connection));
      const index = server === undefined ? NONE : this.numberOf(server);
      got[place] = index;
      if (index !== NONE) this.changeTrials(index, 1);
    }
    return got;
  }

  /** Opens or closes a connection that is not part of the load. */
  private changeTrials(index: number, change: 1 | -1): void {
    const { server } = this.perServer[index] as ServerLoad;
    if (!this.isTracked) return;
    if (change > 0) server.open(this.countsAsActive);
    else server.close(this.countsAsActive);
  }

  private begin(connection: number): void {
    const now = this.workload.beginMs[connection] as number;
    this.endUntil(now);
    this.clock.set(now);
    const flow = this.workload.flow(connection);
    const server = this.choose(flow);
    if (server === undefined) return;
    const index = this.numberOf(server);
    this.assigned[connection] = index;
    server.open(this.countsAsActive);
    this.memory?.opened(flow.source, server, now);
    this.countOpened(this.perServer[index] as MutableLoad);
    if (this.isTracked) {
      this.ends.push(now + (this.workload.durationMs[connection] as number), connection);
    } else {
      this.endUse(connection);
      this.forget(connection);
    }
  }

  private choose(flow: Flow): RealServer | undefined {
    return this.memory?.recall(flow.source, this.clock.now()) ?? this.picker.schedule(flow);
  }

  private numberOf(server: RealServer): number {
    return this.indexOf.get(server) as number;
  }

  private countOpened(load: MutableLoad): void {
    load.opened += 1;
    load.inUse += 1;
    this.inUse += 1;
    load.peak = Math.max(load.peak, load.inUse);
    this.peakInUse = Math.max(this.peakInUse, this.inUse);
  }

  /** Events are connection numbers: as they are for the end of use, complemented for the end of memory. */
  private endUntil(timeMs: number): void {
    while (this.ends.size > 0 && this.ends.nextTime <= timeMs) {
      const dueMs = this.ends.nextTime;
      const event = this.ends.pop();
      if (event < 0) this.forget(~event);
      else {
        this.endUse(event);
        this.ends.push(dueMs + this.lingerMs, ~event);
      }
    }
  }

  private endUse(connection: number): void {
    const load = this.loadOf(connection);
    load.inUse -= 1;
    this.inUse -= 1;
    if (this.countsAsActive) load.server.deactivate();
  }

  private forget(connection: number): void {
    const { server } = this.loadOf(connection);
    server.close(false);
    this.memory?.closed(this.workload.flow(connection).source, server);
    this.closedCount += 1;
  }

  private loadOf(connection: number): MutableLoad {
    return this.perServer[this.assigned[connection] as number] as MutableLoad;
  }
}
