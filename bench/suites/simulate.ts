/**
 * The suite *simulate*: what one connection costs in a simulation, from its load to its end.
 *
 * A director balances one service over eight servers by NAT, and a seeded load goes through it; when that is over, the
 * next one begins with a fresh director, which is timed, too.
 */
import { ManualClock, seededRandom } from 'ipvs';
import { Director } from 'ipvs/director';
import { createWorkload, DirectorRun } from 'ipvs/simulation';
import { OURS, type Suite } from '../harness/suite.js';

const CONNECTIONS = 4096;
const CLIENTS = 1024;
const SERVERS = 8;
const SERVICE = { address: '192.0.2.1', port: 80 } as const;

/** The suite. */
export const suite: Suite = {
  name: 'simulate',
  operation: 'one connection, with its packets',
  jobs: () =>
    ['rr', 'wlc'].map((subject) => ({
      job: `simulate, ${subject}`,
      subject,
      n: CONNECTIONS,
      impls: [OURS],
      limit: undefined,
    })),
  prepare({ subject, n }, impl) {
    let run = newRun(subject, n);
    return {
      impl,
      run: (count) => {
        for (let left = count; left > 0;) {
          const before = run.connections;
          const hasMore = run.advance(left);
          left -= run.connections - before;
          if (!hasMore) run = newRun(subject, n);
        }
      },
    };
  },
};

function newRun(scheduler: string, connections: number): DirectorRun {
  const clock = new ManualClock();
  const director = new Director({ clock, random: seededRandom(1) });
  const { address, port } = SERVICE;
  director.execute(`-A -t ${address}:${port} -s ${scheduler}`);
  for (let n = 1; n <= SERVERS; n++) {
    director.execute(`-a -t ${address}:${port} -r 10.0.0.${n} -m -w ${n}`);
  }
  const [service] = director.services;
  const workload = createWorkload(service, { connections, clients: CLIENTS });
  return new DirectorRun(director, clock, [{ service, workload }]);
}
