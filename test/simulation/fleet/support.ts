/**
 * Small fleets for tests.
 */
import { Director } from '../../../src/director/director.js';
import { restoreAllRules } from '../../../src/ipvsadm/index.js';
import {
  createWorkload,
  type FleetEffect,
  type FleetOptions,
  type FleetResult,
  type FleetServiceResult,
  type MakeDirector,
  parseFleetEvent,
  simulateFleet,
  type Workload,
  type WorkloadOptions,
} from '../../../src/simulation/index.js';

/** Tunables with another value than their default. */
export type FleetTunables = Readonly<Record<string, number>>;

const SLOPPY: FleetTunables = { sloppy_tcp: 1 };

/** Makes directors with some rules; by default packets without a connection are scheduled. */
export function directorsWith(
  rules: readonly string[],
  tunables: FleetTunables = SLOPPY,
): MakeDirector {
  return (options) => {
    const director = new Director({ ...options, tunables });
    restoreAllRules(rules.join('\n'), director);
    return director;
  };
}

/** Rules for a TCP service with equal servers. */
export function rulesOf(scheduler: string, servers: number, more = ''): string[] {
  return [
    `-A -t 10.0.0.1:80 -s ${scheduler} ${more}`,
    ...Array.from({ length: servers }, (_, index) => `-a -t 10.0.0.1:80 -r 10.1.0.${index + 1} -g`),
  ];
}

const SERVICE = { address: '10.0.0.1', port: 80 };

/** A load in which `connections` begin within so many seconds. */
export function loadOf(
  connections: number,
  seconds: number,
  more: Partial<WorkloadOptions> = {},
): Workload {
  const connectionsPerSecond = connections / seconds;
  return createWorkload(SERVICE, { connections, connectionsPerSecond, clients: 300, ...more });
}

/** A load whose connections all begin in the first second, one every so often, and do not end. */
export function stayingLoad(connections: number, seconds: number): Workload {
  const load = loadOf(connections, seconds);
  load.beginMs.forEach((_, index) => (load.beginMs[index] = (index * 1000) / connections));
  load.durationMs.fill(3_600_000);
  return load;
}

/** Runs a fleet of one service; events are `SECONDS TEXT`. */
export function runFleet(
  rules: readonly string[],
  workload: Workload,
  events: readonly string[],
  { tunables, ...more }: Partial<FleetOptions> & { readonly tunables?: FleetTunables } = {},
): FleetResult {
  return simulateFleet({
    director: directorsWith(rules, tunables),
    directors: 4,
    workloads: [workload],
    events: events.map((text) => {
      const [seconds, ...words] = text.split(' ') as [string, ...string[]];
      return parseFleetEvent(Number(seconds), words.join(' '));
    }),
    ...more,
  });
}

/** The only service of a result. */
export function serviceOf({ services }: FleetResult): FleetServiceResult {
  return services[0];
}

/** What the last event did to the only service. */
export function lastEffect(result: FleetResult): FleetEffect {
  return serviceOf(result).effects.at(-1) as FleetEffect;
}
