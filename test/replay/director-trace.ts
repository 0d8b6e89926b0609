/**
 * Replays packet-level recordings on a whole director: what came out for each packet, and the services,
 * counters and connections in between.
 */
import { basename, dirname, resolve } from 'node:path';
import {
  type DirectorRecording,
  readDirectorRecording,
  type RecordingHeader,
} from './director-recording.js';
import { DirectorRun, type DirectorRunOptions } from './director-run.js';
import { soundly } from './json-lines.js';
import { RANDOM_DROPS } from './random-drops.js';
import type { Replayer } from './recording.js';
import { type ReplayResult, Tally } from './tally.js';

/** The sets of recordings whose steps are packets or frames. */
const SETS: readonly string[] = ['A', 'B', 'D', 'DEF', 'L'];

/** Recordings do not say so themselves: those whose timers ran late are in a folder of this name. */
export const LATE_TIMERS_FOLDER = 'stock-timer-wheel';

/** Replays recordings of whole directors. */
export const directorTraceReplayer: Replayer = {
  format: 'packet-level recording (JSON Lines)',
  files: /\.jsonl(?:\.gz)?$/,
  recognizes: ({ header }) => {
    const { set, topology, name = '' } = (header ?? {}) as Partial<RecordingHeader>;
    if (RANDOM_DROPS.test(name)) return false;
    return set !== undefined && SETS.includes(set) && topology !== undefined;
  },
  replay: ({ path, text }) =>
    replayDirectorRecording(readDirectorRecording(text), { late: hasLateTimers(path) }),
};

/** How a recording is replayed. */
export interface DirectorReplayOptions extends DirectorRunOptions {
  /** Whether its timers ran late; default `false`. */
  readonly late?: boolean;
}

/**
 * Replays a recording.
 *
 * @param recording - Its header and steps.
 * @param options - How to replay it.
 * @returns What was the same and what was not.
 * @throws {InputError} When the recording is damaged.
 */
export function replayDirectorRecording(
  recording: DirectorRecording,
  options: DirectorReplayOptions = {},
): ReplayResult {
  const tally = new Tally();
  const { header, steps } = recording;
  const notes = steps.map(({ note }) => note).filter((note) => note !== undefined);
  const run = soundly('header', () => new DirectorRun(header, notes, tally, options));
  if (options.late === true) run.runTimersLate(steps);
  for (const [index, step] of steps.entries()) {
    soundly(`line ${index + 2}`, () => run.perform(step));
  }
  return tally;
}

function hasLateTimers(path: string): boolean {
  return basename(dirname(resolve(path))) === LATE_TIMERS_FOLDER;
}
