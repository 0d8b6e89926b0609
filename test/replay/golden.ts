/** Replaying all recordings of a folder. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readRecording } from '../../src/cli/replay/recording.js';
import { REPLAYERS } from '../../src/cli/replay/replayers.js';
import type { Difference } from '../../src/cli/replay/tally.js';

/** What a folder's recordings gave together. */
export interface FolderReplay {
  /** How many recordings there are. */
  readonly recordings: number;
  /** How many decisions were compared. */
  readonly checks: number;
  /** The first differences of each recording. */
  readonly differences: readonly (Difference & { readonly file: string })[];
}

/** Replays the recordings in a folder of test/golden whose names match. */
export async function replayFolder(folder: string, names: RegExp): Promise<FolderReplay> {
  const root = fileURLToPath(new URL(`../golden/${folder}/`, import.meta.url));
  const files = readdirSync(root).filter((file) => names.test(file));
  const differences: (Difference & { file: string })[] = [];
  let checks = 0;
  for (const file of files) {
    const recording = readRecording(root + file);
    const replayer = REPLAYERS.find((each) => each.recognizes(recording));
    if (replayer === undefined) throw new Error(`${file} has no format that is known`);
    const result = await replayer.replay(recording);
    checks += result.checks;
    differences.push(...result.first.map((difference) => ({ file, ...difference })));
  }
  return { recordings: files.length, checks, differences };
}
