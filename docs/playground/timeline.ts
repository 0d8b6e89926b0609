/**
 * The load as events in order of time: every connection begins once and ends once. Both schedulers are
 * given the same ones.
 */
import { createWorkload, type ServiceName, type Workload } from 'ipvs/simulation';
import { connectionsOf } from './load-limit.js';
import type { Scenario } from './scenario.js';

/** The events of a load. */
export interface Timeline {
  /** The load. */
  readonly workload: Workload;
  /** When each event happens, in milliseconds, ascending. */
  readonly timesMs: Float64Array;
  /** Twice the connection's number, plus 1 when it ends. */
  readonly events: Uint32Array;
  /** When the last connection begins, in milliseconds. */
  readonly endMs: number;
}

/**
 * Draws the load of a scenario.
 *
 * @param service - What the clients connect to.
 * @param scenario - How much, and the seed.
 * @returns The events.
 */
export function createTimeline(service: ServiceName, scenario: Scenario): Timeline {
  const { rate, clients, seed, shortest } = scenario;
  const connections = connectionsOf(scenario);
  const workload = createWorkload(service, {
    connections,
    clients,
    seed: seed | 0,
    connectionsPerSecond: rate,
    shortestSeconds: shortest,
  });
  const timeOf = (event: number): number => {
    const connection = event >>> 1;
    const begin = workload.beginMs[connection];
    return event % 2 === 0 ? begin : begin + workload.durationMs[connection];
  };
  const events = Uint32Array.from({ length: 2 * connections }, (_, event) => event);
  events.sort((a, b) => timeOf(a) - timeOf(b));
  return {
    workload,
    events,
    timesMs: Float64Array.from(events, timeOf),
    endMs: Math.ceil(workload.beginMs[connections - 1]),
  };
}
