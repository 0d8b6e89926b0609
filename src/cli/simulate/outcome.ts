/**
 * A director simulated with one choice of algorithms, from its rules to all measures of its services.
 */
import { ManualClock } from '../../clock.js';
import { Director } from '../../director/director.js';
import type { DirectorOptions } from '../../director/director-options.js';
import { IpAddress } from '../../ip-address.js';
import type { KernelRelease } from '../../model/kernel-profile.js';
import type { RealServer } from '../../model/real-server.js';
import type { UnderstoodText } from '../../operations/understood-text.js';
import { seededRandom } from '../../random.js';
import type { SchedulerName } from '../../schedulers/scheduler.js';
import type { Service } from '../../services/service.js';
import { type Disruption, measureDisruption } from '../../simulation/disruption.js';
import { type Fairness, measureFairness } from '../../simulation/fairness.js';
import { DirectorRun } from '../../simulation/run.js';
import type { ServiceRun } from '../../simulation/service-run.js';
import { portsOf } from '../../simulation/usual-ports.js';
import { createWorkload, type Workload, type WorkloadOptions } from '../../simulation/workload.js';
import { restoreRulesFile, type RulesFile, understandFile } from '../rules-file.js';

/** What came out of a run for one service. */
export interface Outcome {
  /** The service, after the run. */
  readonly service: Service;
  /** The algorithm that ran. */
  readonly scheduler: string;
  /** The algorithm of the rules. */
  readonly ownScheduler: string;
  /** How many connections began. */
  readonly connections: number;
  /** How many clients they came from. */
  readonly clients: number;
  /** How many connections got no server. */
  readonly refused: number;
  /** For how long connections began, in seconds. */
  readonly seconds: number;
  /** What each server got. */
  readonly fairness: Fairness;
  /** What moves when a server leaves; absent when none leaves or no client was served. */
  readonly disruption?: Disruption;
}

/** What to do with a director. */
export interface OutcomeOptions {
  /** The algorithm of all services; default each its own. */
  readonly scheduler?: SchedulerName | undefined;
  /** The server that leaves, as `ADDRESS` or `ADDRESS:PORT`; default the busiest of each service. */
  readonly leave?: string | undefined;
  /** When the loads of all services are over, in milliseconds. */
  readonly untilMs: number;
}

/** A director that was made from rules, and its time. */
export interface RuledDirector {
  /** What is to be said of its rules. */
  readonly warnings: readonly string[];
  /** The director. */
  readonly director: Director;
  /** Its clock. */
  readonly clock: ManualClock;
}

/**
 * Addresses of the director's own, from which tunnels come: those meant for hosts that have none
 * (RFC 7600, section 4.8, and RFC 6666).
 */
const HOST = { server: { ipv4: '192.0.0.8', ipv6: '100::8' } } as const;

/** How a director is made from rules. */
export interface RuledDirectorOptions {
  /** Decides its draws; any integer. */
  readonly seed: number;
  /** The kernel whose decisions it makes; default the newest. */
  readonly kernel?: KernelRelease;
  /** Further addresses of its host. */
  readonly addresses?: readonly IpAddress[];
  /** What else it is made with; default a clock and a random source of its own. */
  readonly parts?: Pick<DirectorOptions, 'random' | 'sync' | 'tunables'> & {
    readonly clock?: ManualClock;
  };
}

/** How many connections pass between two reports of progress. */
const CHUNK = 2048;

/**
 * Makes a director from rules.
 *
 * @param rules - The rules.
 * @param options - What decides its draws, its kernel, and the addresses of its host.
 * @param text - What the rules come to, or the part that is needed; default: they are read for that.
 * @returns The director.
 * @throws {InputError} When a rule is refused.
 */
export function directorOf(
  rules: RulesFile,
  { seed, kernel, addresses = [], parts = {} }: RuledDirectorOptions,
  text: UnderstoodText = understandFile(rules),
): RuledDirector {
  const { clock = new ManualClock() } = parts;
  const made = {
    // Its draws shall not be those of the load.
    random: seededRandom(~seed),
    ...parts,
    clock,
    host: { ...HOST, addresses },
    ...(kernel !== undefined && { kernel }),
  };
  const ruled = new Director(made);
  const warnings = restoreRulesFile(rules, ruled, text);
  const director = rules.reader?.follow(ruled, text, made) ?? ruled;
  return { director, clock, warnings };
}

/**
 * Draws the loads of all services, which depend on no algorithm.
 *
 * @param director - The director.
 * @param options - How much for all services together, and the seed.
 * @param group - Which services, by index; default all.
 * @returns One load for each service, in their order.
 */
export function workloadsOf(
  { services }: Director,
  options: WorkloadOptions,
  group: Iterable<number> = Array.from({ length: services.size }).keys(),
): Workload[] {
  const all = [...services];
  const { clients, seed, connectionsPerSecond } = options;
  return Array.from(group, (index) => {
    const service = all[index];
    return createWorkload(service, {
      ...(clients !== undefined && { clients }),
      ...(seed !== undefined && { seed }),
      ...(connectionsPerSecond !== undefined && { connectionsPerSecond }),
      connections: partOf(options.connections, services.size, index),
      ports: portsOf(service, services),
      // One-packet scheduling is for datagrams, so a rule with it expects them.
      markedProtocol: service.onePacket ? 'udp' : 'tcp',
    });
  });
}

/**
 * Puts a fresh director under loads and measures.
 *
 * @param ruled - The director; afterwards a server has left each service of the group.
 * @param group - Its services that are put under load, by index.
 * @param workloads - Their loads, in the same order.
 * @param options - What to do with it.
 * @param onProgress - Called now and then with how many further connections are done.
 * @returns The measures of each service.
 */
export function simulate(
  { director, clock }: RuledDirector,
  group: readonly number[],
  workloads: readonly Workload[],
  options: OutcomeOptions,
  onProgress: (connections: number) => void,
): Outcome[] {
  const all = [...director.services];
  const services = group.map((index) => all[index]);
  const own = services.map(({ schedulerName }) => schedulerName);
  const { scheduler, untilMs } = options;
  if (scheduler !== undefined) {
    for (const service of services) director.editService(service, { scheduler });
  }
  const loads = services.map((service, index) => {
    return { service, workload: workloads[index] };
  });
  const run = new DirectorRun(director, clock, loads);
  for (let more = true; more;) {
    const before = run.connections;
    more = run.advance(CHUNK);
    onProgress(run.connections - before);
  }
  run.advanceTo(Math.max(untilMs, clock.now()));
  return run.services.map((each, index) => outcomeOf(each, own[index], options.leave));
}

/**
 * Finds a server of a service.
 *
 * @param servers - The servers, in any order.
 * @param wanted - `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
 * @returns Its index, or −1 when the service has no such server.
 */
export function findServer(servers: readonly RealServer[], wanted: string): number {
  const host = IpAddress.tryParse(wanted);
  return servers.findIndex((server) =>
    host === undefined ? server.toString() === wanted : server.address.equals(host),
  );
}

function outcomeOf(run: ServiceRun, ownScheduler: string, leave: string | undefined): Outcome {
  const { service, workload } = run;
  const fairness = measureFairness(run);
  const disruption = disruptionOf(run, leave);
  return {
    service,
    scheduler: service.schedulerName,
    ownScheduler,
    connections: run.connections,
    clients: workload.clients.length,
    refused: run.refused,
    seconds: workload.endMs / 1000,
    fairness,
    ...(disruption === undefined ? {} : { disruption }),
  };
}

function disruptionOf(run: ServiceRun, leave: string | undefined): Disruption | undefined {
  if (leave === undefined) return measureDisruption(run);
  const index = findServer(
    run.loads.map(({ server }) => server),
    leave,
  );
  return index < 0 ? undefined : measureDisruption(run, index);
}

/**
 * An even part of a whole; the first parts get what remains.
 *
 * @param whole - An integer.
 * @param parts - How many parts there are.
 * @param index - Which one, from 0.
 * @returns An integer.
 */
export function partOf(whole: number, parts: number, index: number): number {
  return Math.floor(whole / parts) + (index < whole % parts ? 1 : 0);
}

/**
 * What to know when reading a run's figures, since not every algorithm goes by weight.
 *
 * @param outcome - The run.
 * @returns A remark, or `undefined` when there is none.
 */
export function remarkOn({ service, scheduler }: Outcome): string | undefined {
  if (service.fwmark === 0 && ['dh', 'lblc', 'lblcr'].includes(scheduler)) {
    return 'chooses by destination, of which there is one';
  }
  return REMARKS[scheduler];
}

const REMARKS: Readonly<Record<string, string | undefined>> = {
  rr: 'goes by turn, not by weight',
  lc: 'goes by load, not by weight',
  dh: 'goes by destination, not by weight',
  fo: 'gives all to the greatest weight',
  ovf: 'fills up the greatest weight first, to as many connections',
};
