/**
 * Replays `ipvs-scheduler-trace/1`: what a scheduler picked for a sequence of operations on one service.
 *
 * A file holds the traces of one scheduler, or `files`, a list of these. Each trace starts with a new
 * service. Every recorded pick is a check, those folded into `fill` steps included; with random
 * draws recorded, exactly these must be consumed.
 */
import { InputError } from '../../src/cli/command.js';
import { isSchedulerName, SCHEDULERS } from '../../src/schedulers/index.js';
import { LibraryService } from '../support/library-service.js';
import type { Subject } from '../support/subject.js';
import type { Replayer } from './recording.js';
import { SchedulerTraceRun } from './scheduler-trace-run.js';
import type { Step, Trace, TraceFile } from './scheduler-trace-steps.js';
import { Tally, type ReplayResult } from './tally.js';

/** The name in the `format` field. */
const FORMAT = 'ipvs-scheduler-trace/1';

/** Makes a service without servers that picks by a scheduler with some flags set. */
export type MakeSubject = (scheduler: string, flags: readonly string[]) => Subject;

const library: MakeSubject = (scheduler, flags) => new LibraryService(scheduler, { flags });

/** Replays scheduler traces. */
export const schedulerTraceReplayer: Replayer = {
  format: FORMAT,
  files: /\.json(?:\.gz)?$/,
  recognizes: ({ document }) => (document as { format?: unknown } | null)?.format === FORMAT,
  replay: ({ document }) => replaySchedulerTraces(document),
};

/**
 * Replays a parsed document of either shape.
 *
 * @param document - The parsed JSON.
 * @param make - Makes the service that picks; default: the library's.
 * @returns How many picks were compared, and which were different.
 * @throws {InputError} When the document is damaged.
 */
export function replaySchedulerTraces(document: unknown, make = library): ReplayResult {
  const tally = new Tally();
  const several = (document as { files?: unknown }).files;
  for (const file of several === undefined ? [document] : listOf(several, 'files')) {
    replayFile(file as TraceFile, tally, make);
  }
  return tally;
}

function replayFile(file: TraceFile, tally: Tally, make: MakeSubject): void {
  const { scheduler } = file;
  if (!isSchedulerName(scheduler)) {
    const known = Object.keys(SCHEDULERS).join(', ');
    throw new InputError(`unknown scheduler ${JSON.stringify(scheduler)}; expected ${known}`);
  }
  const flags = listOf(file.flags, 'flags') as string[];
  for (const trace of listOf(file.traces, 'traces') as Trace[]) {
    const run = new SchedulerTraceRun(trace.name, tally, make(scheduler, flags));
    for (const [index, step] of (listOf(trace.steps, 'steps') as Step[]).entries()) {
      run.perform(step, index);
    }
  }
}

function listOf(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new InputError(`damaged: '${name}' is not a list`);
  return value as unknown[];
}
