/**
 * A fleet under load: the connections of all services and what happens to the directors, in one order of time.
 *
 * A connection is three packets or more: its begin, signs of life, its end. Without synchronization it gives a sign
 * of life once a minute, which is what keeps it in the tables; with synchronization as often as its client sends,
 * since masters count packets. Each second every director does what is due, and a sample is taken.
 * Cost: O(log connections) per packet, O(connections) per event, O(servers) per second.
 */
import { ManualClock } from '../../clock.js';
import { EventQueue } from '../event-queue.js';
import type { Workload } from '../workload.js';
import type { EcmpHash } from './ecmp-hash.js';
import type { EcmpTableKind } from './ecmp-table.js';
import { applyFleetEvent } from './fleet-changes.js';
import { EventLedger } from './event-ledger.js';
import type { FleetEvent } from './fleet-event.js';
import { FleetMembers, type MakeDirector } from './fleet-members.js';
import type { FleetResult, FleetSample } from './fleet-result.js';
import { FleetService, type Rerouted } from './fleet-service.js';

/** What a {@link FleetRun} is made from: everything checked and complete. */
export interface FleetRunOptions {
  /** Makes the directors. */
  readonly director: MakeDirector;
  /** How many there are at the beginning. */
  readonly directors: number;
  /** The loads of the services, in their order. */
  readonly workloads: readonly Workload[];
  /** What happens, in order of time. */
  readonly events: readonly FleetEvent[];
  /** What the router hashes. */
  readonly hash: EcmpHash;
  /** How it chooses by that. */
  readonly table: EcmpTableKind;
  /** How many buckets a resilient table has. */
  readonly buckets: number;
  /** Whether the directors synchronize. */
  readonly sync: boolean;
  /** The time between two packets of a client, in milliseconds. */
  readonly packetMs: number;
  /** Decides all draws. */
  readonly seed: number;
}

/** The longest time for which a connection in use sends nothing. */
const LONGEST_SILENCE_MS = 60_000;
/** The time between two samples. */
const SAMPLE_MS = 1000;

/** What happens to a connection; what is queued is one of these, plus four times its number. */
const BEGIN = 0;
const STAY = 1;
const END = 2;
const KINDS = 4;

/** One run. */
export class FleetRun {
  private readonly options: FleetRunOptions;
  private readonly clock = new ManualClock();
  private readonly members: FleetMembers;
  private readonly services: readonly FleetService[];
  private readonly ledger: EventLedger;
  private readonly queue = new EventQueue();
  private readonly silenceMs: number;
  private readonly endMs: number;
  private readonly samples: FleetSample[] = [];
  private nextEvent = 0;
  private nextSampleMs = 0;
  private lossyUntilMs = 0;
  private brokenBefore = 0;

  /** @param options - What it is made from. */
  constructor(options: FleetRunOptions) {
    const { workloads, hash, seed, packetMs, sync } = options;
    this.options = options;
    this.members = new FleetMembers({ ...options, clock: this.clock });
    const services = [...this.members.members[0].director.services];
    requireLoads(services.length, workloads.length);
    this.services = services.map(
      (service, index) =>
        new FleetService({
          service,
          workload: workloads[index],
          members: this.members,
          hash,
          seed,
        }),
    );
    this.ledger = new EventLedger(this.services);
    this.silenceMs = sync ? Math.min(packetMs, LONGEST_SILENCE_MS) : LONGEST_SILENCE_MS;
    this.endMs = Math.max(...workloads.map(({ endMs }) => endMs));
    for (const [index, { connections, beginMs }] of workloads.entries()) {
      if (connections > 0) this.plan(beginMs[0], BEGIN, index, 0);
    }
  }

  /**
   * Lets all events happen without load.
   *
   * @throws As {@link applyFleetEvent} does.
   */
  tryEvents(): void {
    for (const event of this.options.events) {
      applyFleetEvent(event, this.members, this.services);
    }
  }

  /**
   * Runs to the end of the loads.
   *
   * @param onProgress - Called each second of the fleet's time with the part that is done, 0–1.
   * @returns What became of the fleet.
   */
  finish(onProgress: (part: number) => void): FleetResult {
    for (;;) {
      const connectionMs = this.queue.nextTime;
      const { eventMs } = this;
      const nextMs = Math.min(connectionMs, eventMs, this.nextSampleMs);
      if (nextMs > this.endMs) break;
      this.clock.set(nextMs);
      if (connectionMs === nextMs) this.moveConnection();
      else if (eventMs === nextMs) this.letHappen();
      else {
        this.takeSample();
        onProgress(nextMs / this.endMs);
      }
      this.members.network.deliver();
    }
    onProgress(1);
    const { directors, events } = this.options;
    return { directors, events, services: this.ledger.close(), samples: this.samples };
  }

  private get eventMs(): number {
    return (this.options.events[this.nextEvent]?.atSeconds ?? Infinity) * 1000;
  }

  private moveConnection(): void {
    const timeMs = this.queue.nextTime;
    const event = this.queue.pop();
    const kind = event % KINDS;
    const numbered = (event - kind) / KINDS;
    const index = numbered % this.services.length;
    const connection = (numbered - index) / this.services.length;
    const service = this.services[index];
    if (kind === END) service.end(connection);
    else if (kind === STAY) {
      if (service.stay(connection)) this.planNext(index, connection, timeMs);
    } else {
      const { connections, beginMs } = service.workload;
      const next = connection + 1;
      if (next < connections) this.plan(beginMs[next], BEGIN, index, next);
      if (service.begin(connection)) this.planNext(index, connection, timeMs);
    }
  }

  private letHappen(): void {
    const event = this.options.events[this.nextEvent++];
    this.members.advance();
    this.endLoss();
    this.ledger.before(event.atSeconds);
    applyFleetEvent(event, this.members, this.services);
    if (event.kind === 'sync-loss') {
      this.lossyUntilMs = Math.max(this.lossyUntilMs, this.clock.now() + event.seconds * 1000);
    }
    const rerouted = this.services.map((service): Rerouted => service.reroute());
    this.ledger.after(rerouted);
  }

  private takeSample(): void {
    this.members.advance();
    this.endLoss();
    const seconds = this.nextSampleMs / 1000;
    let broken = 0;
    let imbalance = 0;
    for (const service of this.services) {
      const own = service.servers.imbalance();
      service.balance.sample(seconds, own);
      imbalance = Math.max(imbalance, own ?? 0);
      broken += service.broken;
    }
    const open = [...this.members.members.keys()].map((index) =>
      this.services.reduce((sum, { openOn }) => sum + (openOn[index] ?? 0), 0),
    );
    this.samples.push({ seconds, open, broken: broken - this.brokenBefore, imbalance });
    this.brokenBefore = broken;
    this.nextSampleMs += SAMPLE_MS;
  }

  private endLoss(): void {
    if (this.clock.now() >= this.lossyUntilMs) this.members.network.isLossy = false;
  }

  /** The end, or a sign of life before it. */
  private planNext(index: number, connection: number, timeMs: number): void {
    const { beginMs, durationMs } = this.services[index].workload;
    const endMs = beginMs[connection] + durationMs[connection];
    const silentUntilMs = timeMs + this.silenceMs;
    if (endMs <= silentUntilMs) this.plan(Math.max(endMs, timeMs), END, index, connection);
    else this.plan(silentUntilMs, STAY, index, connection);
  }

  private plan(timeMs: number, kind: number, index: number, connection: number): void {
    this.queue.push(timeMs, (connection * this.services.length + index) * KINDS + kind);
  }
}

function requireLoads(services: number, loads: number): void {
  if (services === loads && services > 0) return;
  throw new RangeError(
    `Cannot simulate a fleet: expected a load for each service, got ${loads} for ${services}`,
  );
}
