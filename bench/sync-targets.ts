/**
 * What `npm run bench -- sync` adds to its table: the rates beside their targets, and a million connections from one
 * process to another.
 *
 * The processes talk over UDP on loopback as a user's would: a master whose connections get their third packet as fast
 * as it forwards, and a fresh backup. On a busy machine they wait for a processor: their processor time shows what they
 * need of the seconds, and a process that only waits, this one, which of the pauses are the machine's.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createSocket } from 'node:dgram';
import { resolve } from 'node:path';
import type { Row } from './harness/report.js';
import { LIMIT, OURS } from './harness/suite.js';
import { alignTable } from './harness/text-table.js';

const PROGRAM = resolve('bench/sync-pair/program.mjs');
const CONNECTIONS = 1_000_000;
const PAIR_SECONDS = 3;
const PAUSE_MS = 5;
/** Node samples the delay of an event loop that often, and counts it in. */
const RESOLUTION_MS = 1;

/** The least rates, in millions a second; of `forward`, the least share of the rate without a master. */
const LEAST_RATES: Readonly<Record<string, number>> = { encode: 5, update: 2, add: 2 };
const LEAST_SHARE: Readonly<Record<string, number>> = { forward: 0.85 };

/** What a backup reports. */
interface Arrival {
  readonly arrived: number;
  readonly atMs: number;
  readonly longestMs: number;
  readonly highMs: number;
  readonly workedMs: number;
  readonly statistics: { readonly dropped: number; readonly overflowed: number };
}

/** What a master reports. */
interface Departure {
  readonly atMs: number;
  readonly workedMs: number;
  readonly statistics: { readonly dropped: number };
}

/**
 * Writes rates beside their targets.
 *
 * @param rows - The rows of the suite *sync*.
 * @returns Lines, each ending in a line feed.
 */
export function syncTargets(rows: readonly Row[]): string {
  const own = rows.filter(({ impl }) => impl === OURS);
  const lines = own.flatMap((row) => {
    const { job, n, nsPerOp } = row;
    const beside = rows.find((other) => other.job === job && other.n === n && other.impl !== OURS);
    if (beside === undefined) return [];
    const least = LEAST_RATES[job];
    const share = LEAST_SHARE[job];
    const reached = share === undefined ? 1000 / nsPerOp : beside.nsPerOp / nsPerOp;
    const target = least ?? share;
    return [
      [
        `${job}, n = ${n.toLocaleString('en')}`,
        `${(1000 / nsPerOp).toFixed(2)} M/s`,
        target === undefined
          ? ''
          : `${target.toFixed(2)}${share === undefined ? ' M/s' : ' of it'}`,
        target === undefined ? '' : verdictOf(reached >= target),
        (beside.nsPerOp / nsPerOp).toFixed(3),
        `${(1000 / beside.nsPerOp).toFixed(1)} M/s ${beside.impl.replace(LIMIT, '')}`,
      ],
    ];
  });
  if (lines.length === 0) return '';
  const titles = ['', 'rate', 'target', '', 'ratio', 'beside'];
  return alignTable([titles, ...lines], (column) => column === 0 || column === 3 || column === 5);
}

/**
 * Sends a million connections from a master to a backup in another process, and writes what came of it.
 *
 * @param library - The built package.
 * @param write - Takes lines.
 */
export async function benchSyncPair(library: string, write: (line: string) => void): Promise<void> {
  const port = await freePort();
  const children = ['backup', 'master'].map((role) =>
    fork(PROGRAM, [role, resolve(library), `${port}`]),
  );
  try {
    await Promise.all(children.map(answerOf));
    const answers = Promise.all(children.map(answerOf));
    const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    delays.enable();
    for (const child of children) child.send(CONNECTIONS);
    const [arrival, departure] = (await answers) as [Arrival, Departure];
    const idleMs = Math.max(0, delays.max / 1e6 - RESOLUTION_MS);
    for (const line of pairLines(arrival, departure, idleMs)) write(line);
  } finally {
    for (const child of children) child.kill();
  }
}

function pairLines(arrival: Arrival, departure: Departure, idleMs: number): string[] {
  const { arrived, atMs, longestMs, highMs, statistics } = arrival;
  const seconds = (atMs - departure.atMs) / 1000;
  const isInTime = arrived === CONNECTIONS && seconds <= PAIR_SECONDS;
  const dropped = departure.statistics.dropped + statistics.dropped;
  const worked = [departure, arrival].map(({ workedMs }) => `${(workedMs / 1000).toFixed(2)} s`);
  const [ms, high, idle] = [longestMs, highMs, idleMs].map((each) => each.toFixed(1));
  return [
    `pair: ${count(arrived)} of ${count(CONNECTIONS)} connections in ${seconds.toFixed(2)} s`,
    `  target ${PAIR_SECONDS} s: ${verdictOf(isInTime)}`,
    `  processor time of master and backup: ${worked.join(' and ')}`,
    `  messages dropped: ${dropped} by the programs, ${statistics.overflowed} by the system`,
    `pauses of the backup's event loop: 99 % below ${high} ms, longest ${ms} ms`,
    `  target ${PAUSE_MS} ms: ${verdictOf(longestMs <= PAUSE_MS)}`,
    `  longest of a process that only waited meanwhile: ${idle} ms`,
  ];
}

function count(connections: number): string {
  return connections.toLocaleString('en');
}

function verdictOf(isReached: boolean): string {
  return isReached ? 'reached' : 'missed';
}

/** What a process sends next. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A process of the pair ended with ${String(code)}`);
  });
  return Promise.race([once(child, 'message').then(([message]): unknown => message), ended]);
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
