/**
 * `npm run bench -- sockets [--quick] [--only JOB,JOB]`: the README's TCP balancer beside a pipe without choice, and
 * the example `http-reverse-proxy` beside other proxies in Node, with HAProxy and nginx as the native mark where they
 * are installed.
 *
 * All on loopback, each in a process of its own, in turns. Client and servers run on the same processors, and so does
 * whatever else the machine does; therefore requests are counted per second, and per second that the process worked.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Job, PROGRAM, SERVERS, socketJobs } from './sockets/subjects.js';
import { bestOf, medianRatio, type SocketRow, type Sample } from './sockets/rows.js';

/** Port of the first subject. */
const FIRST = 21_810;
const CONNECTIONS = 100;
/** So long a subject has to work: until its code is compiled, before each measurement, and in each. */
const WARM_UP_MS = 2000;
const SETTLE_MS = 50;
const MEASURE_MS = 400;
const ROUNDS = 9;
const QUICK_ROUNDS = 3;

/**
 * Measures, and prints a table for each job.
 *
 * @param quick - Whether fewer rounds are made.
 * @param only - The jobs to measure; all by default.
 * @param library - The built package.
 * @param write - Takes lines.
 * @returns A row for each subject of each job.
 */
export async function benchSockets(
  quick: boolean,
  only: readonly string[] | undefined,
  library: string,
  write: (line: string) => void,
): Promise<SocketRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ipvs-bench-'));
  const origin = spawn(process.execPath, [PROGRAM, 'origin', ...SERVERS.map(String)]);
  const client = fork(PROGRAM, ['load']);
  const rows: SocketRow[] = [];
  try {
    for (const port of SERVERS) await listening(port);
    for (const job of await socketJobs(folder, library, write)) {
      if (only?.includes(job.name) === false) continue;
      const found = rowsOf(job, await measure(job, quick ? QUICK_ROUNDS : ROUNDS, client));
      write(describe(job, found));
      rows.push(...found);
    }
  } finally {
    await Promise.all([client, origin].map(ended));
    rmSync(folder, { recursive: true });
  }
  return rows;
}

/** Samples by subject, one of each round. */
async function measure(job: Job, rounds: number, client: ChildProcess): Promise<Sample[][]> {
  const samples: Sample[][] = job.subjects.map(() => []);
  const running: ChildProcess[] = [];
  const load = (index: number, settleMs: number): Promise<Sample> =>
    loadOn(client, job, FIRST + index, running[index]?.pid, settleMs);
  try {
    for (const [index, { command }] of job.subjects.entries()) {
      const [file, ...words] = command(FIRST + index);
      running.push(spawn(file, words, { stdio: ['ignore', 'ignore', 'inherit'] }));
      await listening(FIRST + index);
      await load(index, WARM_UP_MS);
    }
    for (let round = 0; round < rounds; round++) {
      const order = [...job.subjects.keys()];
      for (const index of round % 2 === 0 ? order : order.toReversed()) {
        samples[index].push(await load(index, SETTLE_MS));
      }
    }
  } finally {
    await Promise.all(running.map(ended));
  }
  return samples;
}

async function loadOn(
  client: ChildProcess,
  { bytes, keeps }: Job,
  port: number,
  pid: number | undefined,
  settleMs: number,
): Promise<Sample> {
  const measureMs = MEASURE_MS;
  client.send({ port, bytes, connections: CONNECTIONS, keeps, pid, settleMs, measureMs });
  const [answer] = (await once(client, 'message')) as [Sample & { failed: number }];
  if (answer.failed > 0) throw new Error(`${answer.failed} requests failed on port ${port}`);
  return answer;
}

function rowsOf(job: Job, samples: readonly Sample[][]): SocketRow[] {
  const [ours] = samples;
  const rivals = samples.filter((_, index) => job.beside.includes(job.subjects[index].name));
  const best = bestOf(ours, rivals);
  return job.subjects.map(({ name }, index) => ({
    job: job.name,
    subject: name,
    ...medianRatio(samples[index], best),
  }));
}

function describe({ name, bytes, keeps }: Job, rows: readonly SocketRow[]): string {
  const way = keeps ? 'kept alive' : 'a connection for each';
  const lines = rows.map((row) => {
    const [wall, processor] = [row.perSecond, row.perProcessorSecond].map(
      ({ requests, ratio }) =>
        `${requests.toFixed(0).padStart(8)} ${ratio.toFixed(2).padStart(6)} ×`,
    );
    return `  ${row.subject.padEnd(20)} ${wall} ${processor}`;
  });
  const head = `${name}: requests of ${bytes} bytes, ${CONNECTIONS} clients, ${way}`;
  const titles = `  ${''.padEnd(20)} ${'a second'.padStart(17)} ${'a second of work'.padStart(17)}`;
  return [head, titles, ...lines, ''].join('\n');
}

/** Ends a process, and waits until it has ended. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}

/** Waits until a port takes connections. */
async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isOpen = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => done(true)).once('error', () => done(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Nothing listens on port ${port}`);
}
