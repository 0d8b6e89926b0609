/**
 * How fair a run was: what each server got, against what its weight asks for.
 *
 * A weight asks for weight / sum of weights of all connections. The *share error* is the part of the
 * connections that would have to go to another server for every share to be as asked (half the
 * sum of the deviations). The *relative peak* is a server's greatest number of connections in use per unit
 * of weight, divided by the same figure of the whole service: 1 = as loaded at its worst as all together.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServiceRun } from './service-run.js';

/** One server's part of a run. */
export interface ServerFairness {
  /** The server, with its present counters. */
  readonly server: RealServer;
  /** How many connections it got. */
  readonly opened: number;
  /** Its part of all connections that got a server, 0–1. */
  readonly share: number;
  /** The part its weight asks for, 0–1. */
  readonly askedShare: number;
  /** The most connections it had in use at once. */
  readonly peak: number;
  /** Its relative peak; `undefined` for a server of weight 0, and where nothing stays in use. */
  readonly relativePeak: number | undefined;
}

/** How fair a run was as a whole. */
export interface Fairness {
  /** Server by server, in the order of the rules. */
  readonly servers: readonly ServerFairness[];
  /** The part of the connections that is on the wrong server, 0–1. */
  readonly shareError: number;
  /** The greatest relative peak; `undefined` when no server has one. */
  readonly worstPeak: number | undefined;
  /** The most connections in a row that went to the same server. */
  readonly longestRow: number;
}

/**
 * Measures a run. Cost: O(connections).
 *
 * @param run - A service's run, at any moment.
 * @returns The measures up to this moment; with no connection that got a server all shares are 0.
 */
export function measureFairness(run: ServiceRun): Fairness {
  const weights = run.loads.reduce((sum, { server }) => sum + server.weight, 0);
  const { opened: all } = run;
  const peakPerWeight = run.staysInUse ? run.peak / weights : 0;
  const servers = run.loads.map(({ server, opened, peak }) => ({
    server,
    opened,
    share: all === 0 ? 0 : opened / all,
    askedShare: weights === 0 ? 0 : server.weight / weights,
    peak,
    relativePeak:
      server.weight > 0 && peakPerWeight > 0 ? peak / server.weight / peakPerWeight : undefined,
  }));
  const peaks = servers.flatMap(({ relativePeak }) => relativePeak ?? []);
  return {
    servers,
    shareError: all === 0 ? 0 : shareError(servers),
    worstPeak: peaks.length === 0 ? undefined : Math.max(...peaks),
    longestRow: longestRow(run.assigned.subarray(0, run.connections)),
  };
}

function shareError(servers: readonly ServerFairness[]): number {
  return servers.reduce((sum, each) => sum + Math.abs(each.share - each.askedShare), 0) / 2;
}

function longestRow(assigned: Int32Array): number {
  let longest = 0;
  let length = 0;
  let previous = -1;
  for (const server of assigned) {
    length = server === previous ? length + 1 : 1;
    previous = server;
    if (server >= 0 && length > longest) longest = length;
  }
  return longest;
}
