/**
 * Directors and loads for the tests of simulations.
 */
import * as fc from 'fast-check';
import { ManualClock } from '../../src/clock.js';
import { Director } from '../../src/director/director.js';
import type { DirectorOptions } from '../../src/director/director-options.js';
import { restoreAllRules } from '../../src/ipvsadm/index.js';
import { seededRandom } from '../../src/random.js';
import { SCHEDULERS } from '../../src/schedulers/index.js';
import type { SchedulerName } from '../../src/schedulers/scheduler.js';
import type { Service } from '../../src/services/service.js';
import {
  createWorkload,
  DirectorRun,
  portsOf,
  type ServiceRun,
  type Workload,
} from '../../src/simulation/index.js';

/** A director with its time. */
export interface Stage {
  readonly director: Director;
  readonly clock: ManualClock;
}

/** A director with some rules. */
export function stageOf(
  rules: readonly string[],
  seed = 1,
  options: Partial<DirectorOptions> = {},
): Stage {
  const clock = new ManualClock();
  const director = new Director({
    ...options,
    clock,
    random: seededRandom(seed),
    host: { server: { ipv4: '192.0.0.8', ipv6: '100::8' } },
  });
  restoreAllRules(rules.join('\n'), director);
  return { director, clock };
}

/** The first service of some rules. */
export function serviceOf(...rules: string[]): Service {
  return [...stageOf(rules).director.services][0];
}

/** Rules for a TCP service whose servers have certain weights. */
export function rulesWithWeights(scheduler: string, weights: readonly number[]): string[] {
  return [
    `-A -t 10.0.0.1:80 -s ${scheduler}`,
    ...weights.map((weight, index) => `-a -t 10.0.0.1:80 -r 10.1.0.${index + 1} -m -w ${weight}`),
  ];
}

/** The loads of all services of a director. */
export function loadsOf({ director }: Stage, connections: number, seed = 1): Workload[] {
  return [...director.services].map((service) =>
    createWorkload(service, {
      connections,
      clients: 100,
      seed,
      ports: portsOf(service, director.services),
    }),
  );
}

/** A run that has not begun. */
export function runOf(stage: Stage, workloads: readonly Workload[]): DirectorRun {
  const loads = [...stage.director.services].map((service, index) => {
    return { service, workload: workloads[index] };
  });
  return new DirectorRun(stage.director, stage.clock, loads);
}

/** A finished run. */
export function finishedRun(stage: Stage, connections: number, seed = 1): DirectorRun {
  const run = runOf(stage, loadsOf(stage, connections, seed));
  run.advance();
  return run;
}

/** The first service's part of a finished run. */
export function finishedService(
  rules: readonly string[],
  connections: number,
  seed = 1,
): ServiceRun {
  return finishedRun(stageOf(rules, seed), connections, seed).services[0];
}

/** Connections of a one-service load that begin and last as told, in milliseconds. */
export function scriptedRun(
  rules: readonly string[],
  connections: readonly (readonly [beginMs: number, durationMs: number])[],
): { stage: Stage; run: DirectorRun; service: ServiceRun } {
  const stage = stageOf(rules);
  const [workload] = loadsOf(stage, connections.length) as [Workload];
  for (const [index, [beginMs, durationMs]] of connections.entries()) {
    workload.beginMs[index] = beginMs;
    workload.durationMs[index] = durationMs;
  }
  const run = runOf(stage, [workload]);
  return { stage, run, service: run.services[0] };
}

const KINDS = [
  '-t 10.0.0.1:80',
  '-t 10.0.0.1:21',
  '-t 10.0.0.1:0',
  '-u 10.0.0.1:53',
  '-u [2001:db8::1]:53',
  '--sctp-service 10.0.0.1:5000',
  '-f 9',
  '-f 9 -6',
];

/** Rules for any one service: every algorithm, weights with zeros, thresholds, persistence, `-o`. */
export function serviceRules(kinds: readonly string[] = KINDS): fc.Arbitrary<string[]> {
  const server = fc.record({
    weight: fc.nat({ max: 5 }),
    upper: fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 60 })),
    method: fc.constantFrom('-m', '-g', '-i'),
  });
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      scheduler: fc.constantFrom(...(Object.keys(SCHEDULERS) as SchedulerName[])),
      options: fc.constantFrom('', '-p 30', '-p 600 -M 255.255.0.0'),
      ops: fc.boolean(),
      servers: fc.array(server, { minLength: 0, maxLength: 6 }),
    })
    .map(({ kind, scheduler, options, ops, servers }) => {
      const isIpv6 = /::|-6/.test(kind);
      const settings = kind.endsWith(':0') && options === '' ? '-p' : options;
      const mask = settings.replace('255.255.0.0', isIpv6 ? '48' : '255.255.0.0');
      const single = ops && /^-[uf]/.test(kind) ? '-o' : '';
      return [
        `-A ${kind} -s ${scheduler} ${mask} ${single}`,
        ...servers.map(({ weight, upper, method }, index) => {
          const host = isIpv6 ? `2001:db8:1::${index + 1}` : `10.1.0.${index + 1}`;
          return `-a ${kind} -r ${host} ${method} -w ${weight} -x ${upper}`;
        }),
      ];
    });
}

/** Rules for several services that are no two alike, some of which overlap. */
export function directorRules(): fc.Arbitrary<string[]> {
  return fc
    .shuffledSubarray(KINDS, { minLength: 1, maxLength: 4 })
    .chain((kinds) => fc.tuple(...kinds.map((kind) => serviceRules([kind]))))
    .map((services) => services.flat());
}
