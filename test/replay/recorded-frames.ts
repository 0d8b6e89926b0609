/** The frames of the recordings in `test/golden/forwarding`, for tests that need many different ones. */
import { readdirSync } from 'node:fs';
import { readDirectorRecording, type DirectorRecording } from './director-recording.js';
import { bytesOf } from './hex.js';
import { readRecording } from './recording.js';

const FOLDER = 'test/golden/forwarding/';

/** The recordings of forwarded frames, by file name. */
export function forwardingRecordings(): Map<string, DirectorRecording> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl.gz'));
  return new Map(
    names.map((name) => [name, readDirectorRecording(readRecording(FOLDER + name).text)]),
  );
}

/** All frames of a recording, those that came in and those that left. */
export function framesOf(recording: DirectorRecording): Uint8Array[] {
  return recording.steps.flatMap((step) => {
    if (step.op !== 'frame') return [];
    const left = (step.out ?? []) as readonly { readonly hex: string }[];
    return [step.in as string, ...left.map(({ hex }) => hex)].map(bytesOf);
  });
}
