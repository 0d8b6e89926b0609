/** The recordings in `test/golden`. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readRecording, type Recording } from './recording.js';
import { REPLAYERS } from './replayers.js';
import type { Difference } from './tally.js';

/** What a folder's recordings gave together. */
export interface FolderReplay {
  /** How many recordings there are. */
  readonly recordings: number;
  /** How many decisions were compared. */
  readonly checks: number;
  /** The first differences of each recording. */
  readonly differences: readonly (Difference & { readonly file: string })[];
}

/**
 * The recordings in a folder of `test/golden` that a replayer knows, each with its name.
 *
 * @param folder - The name of the folder.
 * @param names - Which ones; default: all.
 */
export function goldenRecordings(folder: string, names = /(?:)/): [string, Recording][] {
  const root = fileURLToPath(new URL(`../golden/${folder}/`, import.meta.url));
  return readdirSync(root)
    .filter((name) => names.test(name) && REPLAYERS.some(({ files }) => files.test(name)))
    .map((name) => [name, readRecording(root + name)]);
}

/** Replays the recordings in a folder of `test/golden` whose names match. */
export async function replayFolder(folder: string, names: RegExp): Promise<FolderReplay> {
  const recordings = goldenRecordings(folder, names);
  const differences: (Difference & { file: string })[] = [];
  let checks = 0;
  for (const [file, recording] of recordings) {
    const replayer = REPLAYERS.find((each) => each.recognizes(recording));
    if (replayer === undefined) throw new Error(`${file} has no format that is known`);
    const result = await replayer.replay(recording);
    checks += result.checks;
    differences.push(...result.first.map((difference) => ({ file, ...difference })));
  }
  return { recordings: recordings.length, checks, differences };
}
