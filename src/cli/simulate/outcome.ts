/**
 * One service simulated with one algorithm, from its rules to all measures.
 */
import {
  familyOf,
  measureDisruption,
  measureFairness,
  ServiceRun,
  type Disruption,
  type Fairness,
  type ServiceRules,
  type Workload,
} from '../../simulation/index.js';
import { IpAddress } from '../../ip-address.js';
import type { SchedulerName } from '../../schedulers/scheduler.js';

/** What came out of a run. */
export interface Outcome {
  /** The service's rules. */
  readonly rules: ServiceRules;
  /** The algorithm that ran, which may be another than the rules say. */
  readonly scheduler: SchedulerName;
  /** How many connections began. */
  readonly connections: number;
  /** How many clients they came from. */
  readonly clients: number;
  /** How many connections got no server. */
  readonly refused: number;
  /** From the first begin to the last, in seconds. */
  readonly seconds: number;
  /** What each server got. */
  readonly fairness: Fairness;
  /** What moves when a server leaves; absent when none leaves or nobody was served. */
  readonly disruption?: Disruption;
}

/** What to do with a service. */
export interface OutcomeOptions {
  /** The algorithm. */
  readonly scheduler: SchedulerName;
  /** Decides random choices. */
  readonly seed: number;
  /** The server that leaves, as `ADDRESS` or `ADDRESS:PORT`; default the busiest. */
  readonly leave?: string;
}

/** How many connections pass between two reports of progress. */
const CHUNK = 2048;

/**
 * Runs a service and measures.
 *
 * @param rules - The service.
 * @param workload - Its load.
 * @param options - What to do with it.
 * @param onProgress - Is told how many further connections are done, now and then.
 * @returns The measures.
 */
export function simulateService(
  rules: ServiceRules,
  workload: Workload,
  options: OutcomeOptions,
  onProgress: (connections: number) => void,
): Outcome {
  const run = new ServiceRun(rules, workload, options);
  let more = true;
  while (more) {
    const before = run.connections;
    more = run.advance(CHUNK);
    onProgress(run.connections - before);
  }
  const fairness = measureFairness(run);
  const disruption = disruptionOf(run, options.leave);
  return {
    rules,
    scheduler: run.scheduler,
    connections: run.connections,
    clients: new Set(workload.client).size,
    refused: run.refused,
    seconds: (workload.beginMs[workload.connections - 1] as number) / 1000,
    fairness,
    ...(disruption === undefined ? {} : { disruption }),
  };
}

/**
 * Finds a server in a service's rules.
 *
 * @param rules - The service.
 * @param wanted - `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
 * @returns Its index in the rules, or −1 when the service has no such server.
 */
export function findServer(rules: ServiceRules, wanted: string): number {
  const host = IpAddress.tryParse(wanted);
  return rules.servers.findIndex(({ address, port }) => {
    const own = IpAddress.from(address);
    if (host !== undefined) return own.equals(host);
    return wanted === (own.family === 6 ? `[${own}]:${port}` : `${own}:${port}`);
  });
}

function disruptionOf(run: ServiceRun, leave: string | undefined): Disruption | undefined {
  if (leave === undefined) return measureDisruption(run);
  const index = findServer(run.rules, leave);
  return index < 0 ? undefined : measureDisruption(run, index);
}

/**
 * What to know when reading a run's figures, since not every algorithm goes by weight.
 *
 * @param outcome - The run.
 * @returns A remark, or `undefined` when there is none.
 */
export function remarkOn({ rules, scheduler }: Outcome): string | undefined {
  if ('address' in rules.service && ['dh', 'lblc', 'lblcr'].includes(scheduler)) {
    return 'chooses by destination, of which there is one';
  }
  return REMARKS[scheduler];
}

const REMARKS: Readonly<Partial<Record<SchedulerName, string>>> = {
  rr: 'goes by turn, not by weight',
  lc: 'goes by load, not by weight',
  dh: 'goes by destination, not by weight',
  fo: 'gives all to the greatest weight',
  ovf: 'fills up the greatest weight first, to as many connections',
};

/**
 * The rest of a service's line in ipvsadm's listing.
 *
 * @param rules - The service.
 * @param scheduler - The algorithm to show.
 * @returns For example `wlc persistent 300 mask 255.255.255.0`.
 */
export function describeService(rules: ServiceRules, scheduler: SchedulerName): string {
  const { persistence, flags, onePacket, service } = rules;
  const named = scheduler === 'sh' || scheduler === 'mh';
  const set = [
    flags.fallback && (named ? `${scheduler}-fallback` : 'flag-1'),
    flags.port && (named ? `${scheduler}-port` : 'flag-2'),
  ].filter((flag) => flag !== false);
  const words: string[] = [scheduler];
  if (set.length > 0) words.push(`(${set.join(',')})`);
  if (persistence !== undefined) {
    const { timeoutSeconds, netmask } = persistence;
    words.push(`persistent ${timeoutSeconds}`);
    const isIpv6 = familyOf(service) === 6;
    if (netmask !== (isIpv6 ? 128 : 0xffff_ffff)) {
      words.push(`mask ${isIpv6 ? netmask : IpAddress.fromIpv4(netmask)}`);
    }
  }
  if (onePacket) words.push('ops');
  return words.join(' ');
}
