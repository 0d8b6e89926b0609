/**
 * What a server that leaves does to the clients: how many of them get another server when they come back.
 *
 * Every client of a run comes back to where its last connection went, first while all servers are there,
 * then after one has left. Unavoidable is only that the clients of the leaving server move. Algorithms
 * without memory of their clients move most of them in either case.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServiceRun } from './service-run.js';

/** The consequences of one server's leaving. */
export interface Disruption {
  /** The server that left. */
  readonly server: RealServer;
  /** How many clients came back. */
  readonly clients: number;
  /** The part of them that had been on this server and must move, 0–1. */
  readonly unavoidable: number;
  /** The part that gets another server, or none, after it has left, 0–1. */
  readonly moved: number;
  /** The part that gets another server, or none, when all are still there, 0–1. */
  readonly movedAnyway: number;
  /** The part that gets no server at all after it has left, 0–1. */
  readonly refused: number;
}

/**
 * Takes a server out of a run and measures the consequences. Cost: O(connections).
 *
 * @param run - A run in which connections have begun; afterwards the server is gone from it.
 * @param leaving - Which server, as an index into the run's loads; default the one that got the most
 * connections.
 * @returns The consequences; `undefined` when no client got a server.
 * @throws {IpvsError} `ERR_SERVER_NOT_FOUND` when this server has left already.
 */
export function measureDisruption(
  run: ServiceRun,
  leaving: number = busiestServer(run),
): Disruption | undefined {
  const last = lastConnections(run);
  if (last.length === 0) return undefined;
  const homes = last.map((connection) => run.assigned[connection]);
  const before = run.tryAgain(last);
  run.remove(leaving);
  const after = run.tryAgain(last);
  const part = (holds: (home: number, place: number) => boolean): number =>
    homes.filter(holds).length / homes.length;
  return {
    server: run.loads[leaving].server,
    clients: last.length,
    unavoidable: part((home) => home === leaving),
    moved: part((home, place) => after[place] !== home),
    movedAnyway: part((home, place) => before[place] !== home),
    refused: part((_home, place) => after[place] === -1),
  };
}

/**
 * The server that got the most connections; the first in the rules when several did.
 *
 * @param run - A run.
 * @returns Its index into the run's loads.
 */
export function busiestServer(run: ServiceRun): number {
  let busiest = 0;
  for (const [index, { opened }] of run.loads.entries()) {
    if (opened > run.loads[busiest].opened) busiest = index;
  }
  return busiest;
}

/**
 * The last connection of every client that got a server.
 *
 * @param run - A run in which connections have begun.
 * @returns The numbers of the connections, in order of the clients.
 */
export function lastConnections(run: ServiceRun): number[] {
  const last = new Int32Array(run.workload.clients.length).fill(-1);
  for (let connection = 0; connection < run.connections; connection++) {
    if (run.assigned[connection] !== -1) {
      last[run.workload.client[connection]] = connection;
    }
  }
  return [...last].filter((connection) => connection >= 0);
}
