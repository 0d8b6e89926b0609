/**
 * Services and loads for the tests of simulations.
 */
import * as fc from 'fast-check';
import { SCHEDULERS } from '../../src/schedulers/index.js';
import type { SchedulerName } from '../../src/schedulers/scheduler.js';
import {
  createWorkload,
  readRules,
  ServiceRun,
  type ServiceRules,
} from '../../src/simulation/index.js';

/** The one service that some rules describe. */
export function serviceOf(...lines: string[]): ServiceRules {
  const [service] = readRules(lines.join('\n'));
  return service as ServiceRules;
}

/** A TCP service whose servers have certain weights. */
export function serviceWithWeights(scheduler: string, weights: readonly number[]): ServiceRules {
  return serviceOf(
    `-A -t 10.0.0.1:80 -s ${scheduler}`,
    ...weights.map((weight, index) => `-a -t 10.0.0.1:80 -r 10.1.0.${index + 1} -m -w ${weight}`),
  );
}

/** A finished run of a service. */
export function finishedRun(rules: ServiceRules, connections: number, seed = 1): ServiceRun {
  const workload = createWorkload(rules.service, { connections, clients: 100, seed });
  const run = new ServiceRun(rules, workload, { seed });
  run.advance();
  return run;
}

/** Any service: every algorithm, weights with zeros, thresholds, persistence, UDP with and without `-o`. */
export function services(): fc.Arbitrary<ServiceRules> {
  const server = fc.record({
    weight: fc.nat({ max: 5 }),
    upper: fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 60 })),
  });
  return fc
    .record({
      kind: fc.constantFrom('-t 10.0.0.1:80', '-u [2001:db8::1]:53', '-f 9', '-f 9 -6'),
      scheduler: fc.constantFrom(...(Object.keys(SCHEDULERS) as SchedulerName[])),
      options: fc.constantFrom('', '-p 30', '-p 600 -M 255.255.0.0'),
      ops: fc.boolean(),
      servers: fc.array(server, { minLength: 0, maxLength: 6 }),
    })
    .map(({ kind, scheduler, options, ops, servers }) => {
      const isIpv6 = /::|-6/.test(kind);
      const settings = isIpv6 ? options.replace('255.255.0.0', '48') : options;
      return serviceOf(
        `-A ${kind} -s ${scheduler} ${settings} ${ops && !kind.startsWith('-t') ? '-o' : ''}`,
        ...servers.map(({ weight, upper }, index) => {
          const host = isIpv6 ? `2001:db8:1::${index + 1}` : `10.1.0.${index + 1}`;
          return `-a ${kind} -r ${host} -g -w ${weight} -x ${upper}`;
        }),
      );
    });
}
