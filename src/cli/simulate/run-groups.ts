/**
 * All groups of a simulation, on as many threads as asked for; this one is the first of them.
 *
 * A thread runs the same program again and takes one group after the other from a shared counter.
 */
import { Worker } from 'node:worker_threads';
import type { Io } from '../io.js';
import { Progress } from '../progress.js';
import type { RuledDirector } from './outcome.js';
import { runGroup, runsOf, type ServiceReport } from './run-group.js';
import type { SimulationTask } from './simulation-task.js';

/** Less work is done before a further thread has started. */
const THREAD_CONNECTIONS = 50_000;
/**
 * For objects that live shortly, in MB. With as much as the first thread may have a further one takes 35 MB more, and
 * is no faster: what lasts, such as connections, is in arrays.
 */
const YOUNG_GENERATION_MB = 6;
/** How often progress is shown while only others work, in milliseconds. */
const WATCH_MS = 100;
/** What the threads share: the next group, and how many connections are done. */
const NEXT = 0;
const DONE = 1;

/** What a thread gets. */
export interface ThreadData {
  /** The simulation. */
  readonly task: SimulationTask;
  /** The groups of services. */
  readonly groups: readonly (readonly number[])[];
  /** Counters that all threads share: the next group, and how many connections are done. */
  readonly shared: Int32Array;
}

/** What a thread answers: what is shown of the services of one group. */
export interface GroupReport {
  /** The group, by index. */
  readonly group: number;
  /** What is shown of its services, in their order. */
  readonly reports: readonly ServiceReport[];
}

/**
 * Runs a simulation.
 *
 * @param task - The simulation.
 * @param groups - The groups of services.
 * @param workers - How many threads there may be.
 * @param idle - A director with all rules that has got no load yet; without it one is made for each group.
 * @param io - The world: where progress is shown, and the program that further threads run.
 * @returns What is shown of each service, in order of the services.
 */
export async function runGroups(
  task: SimulationTask,
  groups: readonly (readonly number[])[],
  workers: number,
  idle: RuledDirector | undefined,
  io: Io,
): Promise<ServiceReport[]> {
  const total = task.connections * runsOf(task);
  const progress = new Progress(io, total);
  const shared = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const data = { task, groups, shared };
  const reports: ServiceReport[] = [];
  const collect = ({ group, reports: found }: GroupReport): void => {
    for (const [place, index] of groups[group].entries()) reports[index] = found[place];
  };
  const show = (): void => progress.update(Atomics.load(shared, DONE));
  const most = Math.min(workers, groups.length, Math.ceil(total / THREAD_CONNECTIONS));
  const threads = startThreads(io.program === undefined ? 0 : most - 1, data, io);
  const ended = Promise.all(threads.map((thread) => collectFrom(thread, collect)));
  try {
    takeGroups(data, collect, show, idle);
    const watch = setInterval(show, WATCH_MS);
    await ended.finally(() => clearInterval(watch));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
    progress.finish();
  }
  return reports;
}

/**
 * Takes groups until none is left.
 *
 * @param data - What the threads share.
 * @param report - Called with the results of each group.
 * @param onProgress - Called now and then.
 * @param idle - A director for the first group; default one is made.
 */
export function takeGroups(
  { task, groups, shared }: ThreadData,
  report: (found: GroupReport) => void,
  onProgress: () => void = () => undefined,
  idle?: RuledDirector,
): void {
  const count = (connections: number): void => {
    Atomics.add(shared, DONE, connections);
    onProgress();
  };
  let ready = idle;
  for (;;) {
    const group = Atomics.add(shared, NEXT, 1);
    if (group >= groups.length) return;
    report({ group, reports: runGroup(task, groups[group], count, ready) });
    ready = undefined;
  }
}

/** Starts threads; a reader of rules cannot be sent, so that each thread loads its own. */
function startThreads(count: number, data: ThreadData, { program }: Io): Worker[] {
  const { reader: _reader, ...rules } = data.task.rules;
  const workerData: ThreadData = { ...data, task: { ...data.task, rules } };
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
  return Array.from(
    { length: Math.max(0, count) },
    () => new Worker(new URL(program as string), { workerData, resourceLimits }),
  );
}

/** Receives the results of a thread until it has ended. */
function collectFrom(thread: Worker, collect: (found: GroupReport) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.on('message', collect);
    thread.once('error', reject);
    thread.once('exit', () => resolve());
  });
}
