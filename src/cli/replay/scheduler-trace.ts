/**
 * Replays `ipvs-scheduler-trace/1`: what a scheduler picked for a sequence of operations on one service.
 *
 * A file holds the traces of one scheduler, or `files`, a list of such. Each trace starts with a fresh
 * service. Every recorded pick is a check, those folded into `fill` steps included; with random
 * draws recorded, exactly these must have been consumed.
 */
import { createScheduler, isSchedulerName, SCHEDULERS } from '../../schedulers/index.js';
import { InputError } from '../command.js';
import type { Replayer } from './recording.js';
import { Tally, type ReplayResult } from './tally.js';
import { SchedulerTraceRun, type SchedulerTrace, type TraceStep } from './scheduler-trace-run.js';

/** The traces of one scheduler. */
export interface SchedulerTraceFile {
  /** The scheduler's short name. */
  readonly scheduler: string;
  /** The scheduler flags that were set: `fallback`, `port`. */
  readonly flags: readonly string[];
  /** The traces. */
  readonly traces: readonly SchedulerTrace[];
}

/** The name in the `format` field. */
const FORMAT = 'ipvs-scheduler-trace/1';

/** Replays scheduler traces. */
export const schedulerTraceReplayer: Replayer = {
  format: FORMAT,
  recognizes: ({ document }) => (document as { format?: unknown } | null)?.format === FORMAT,
  replay: ({ document }) => replaySchedulerTraces(document),
};

/**
 * Replays a parsed document of either shape.
 *
 * @param document - The parsed JSON.
 * @returns How many picks were compared, and which were different.
 * @throws {InputError} When the document is damaged.
 */
export function replaySchedulerTraces(document: unknown): ReplayResult {
  const tally = new Tally();
  const several = (document as { files?: unknown }).files;
  for (const file of several === undefined ? [document] : listOf(several, 'files')) {
    replayFile(file as SchedulerTraceFile, tally);
  }
  return tally;
}

function replayFile(file: SchedulerTraceFile, tally: Tally): void {
  const { scheduler } = file;
  if (!isSchedulerName(scheduler)) {
    const known = Object.keys(SCHEDULERS).join(', ');
    throw new InputError(`unknown scheduler ${JSON.stringify(scheduler)}; expected ${known}`);
  }
  const flags = new Set(listOf(file.flags, 'flags'));
  for (const trace of listOf(file.traces, 'traces') as SchedulerTrace[]) {
    const run = new SchedulerTraceRun(trace, tally, (servers, clock, random) =>
      createScheduler(scheduler, servers, {
        fallback: flags.has('fallback'),
        port: flags.has('port'),
        clock,
        random,
      }),
    );
    replayTrace(trace, run);
  }
}

function replayTrace(trace: SchedulerTrace, run: SchedulerTraceRun): void {
  for (const [index, step] of (listOf(trace.steps, 'steps') as TraceStep[]).entries()) {
    run.perform(step, index);
  }
}

function listOf(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new InputError(`damaged: '${name}' is not a list`);
  return value as unknown[];
}
