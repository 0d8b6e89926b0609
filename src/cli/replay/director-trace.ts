/**
 * Replays packet-level recordings on a whole director: what came out for each packet, and the services,
 * counters and connections in between.
 */
import { readDirectorRecording, type RecordingHeader } from './director-recording.js';
import { DirectorRun } from './director-run.js';
import type { Replayer } from './recording.js';
import { type ReplayResult, Tally } from './tally.js';

/** The sets of recordings whose steps are packets or frames. */
const SETS: readonly string[] = ['A', 'B', 'D'];

/** Replays recordings of whole directors. */
export const directorTraceReplayer: Replayer = {
  format: 'packet-level recording (JSON Lines)',
  recognizes: ({ header }) => {
    const { set, topology } = (header ?? {}) as Partial<RecordingHeader>;
    return set !== undefined && SETS.includes(set) && topology !== undefined;
  },
  replay: ({ text }) => replayDirectorRecording(text),
};

/**
 * Replays a recording.
 *
 * @param text - JSON Lines.
 * @returns What was the same and what was not.
 * @throws {InputError} When the recording is damaged.
 */
export function replayDirectorRecording(text: string): ReplayResult {
  const tally = new Tally();
  const { header, steps } = readDirectorRecording(text);
  const notes = steps.map(({ note }) => note).filter((note) => note !== undefined);
  const run = new DirectorRun(header, notes, tally);
  for (const step of steps) run.perform(step);
  return tally;
}
