import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import {
  ASSURED,
  EXPIRY,
  FLAGS,
  RECORD_WORDS,
  REPLIED,
  STATE_BITS,
} from '../../src/conntrack/record.js';
import { ENDED, REFUSED, REOPENED } from '../../src/conntrack/tcp-outcomes.js';
import { TRACKED_TCP_STATES } from '../../src/conntrack/tcp-states.js';
import { TcpTracker } from '../../src/conntrack/tcp-tracker.js';

/** Direction, flags, sequence, acknowledgment, window, payload bytes, options; whether it passed, and the listing. */
type Recorded = readonly [
  number,
  string,
  number,
  number,
  number,
  number,
  string,
  number,
  readonly [string, number, string] | null,
];

const FLAG_LETTERS = 'FSRPAUEC';
const STEP_MS = 30;
/** Listings show whole seconds, and the host's clock ran on while they were made. */
const SECONDS_OF_LISTING = 4;

const sequences = gunzipSync(
  readFileSync(new URL('../golden/conntrack-segments/segments.ndjson.gz', import.meta.url)),
)
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded[]);

it('follows 220 recorded sequences of segments as a Linux host does', () => {
  const faults = sequences.flatMap(replay);

  expect(sequences.length).toBe(220);
  expect(sequences.flat().length).toBe(2196);
  expect(faults).toEqual([]);
});

function replay(steps: readonly Recorded[], sequence: number): string[] {
  const tracker = new TcpTracker();
  const words = new Int32Array(RECORD_WORDS);
  let opener = 0;
  let now = 1000;
  const faults: string[] = [];
  for (const [index, step] of steps.entries()) {
    now += STEP_MS;
    read(tracker, step);
    if ((words[FLAGS] & STATE_BITS) === 0) opener = step[0];
    let judged = tracker.judge(words, 0, 0, step[0] ^ opener, now);
    if (judged === REOPENED) {
      words[FLAGS] = 0;
      tracker.forget(0);
      opener = step[0];
      judged = tracker.judge(words, 0, 0, 0, now);
    }
    if (judged === ENDED) words[FLAGS] = 0;
    const passed = judged === REFUSED ? 0 : 1;
    if (passed !== step[7] || !isListed(words, opener, now, step[8])) {
      faults.push(`sequence ${sequence}, segment ${index}: ${JSON.stringify(step)}`);
    }
  }
  return faults;
}

function read(
  tracker: TcpTracker,
  [, flags, sequence, ack, window, length, options]: Recorded,
): void {
  const bytes = Buffer.from(options, 'hex');
  const header = 20 + ((bytes.length + 3) & ~3);
  const segment = new Uint8Array(header + length);
  const view = new DataView(segment.buffer);
  view.setUint32(4, sequence);
  view.setUint32(8, ack);
  segment[12] = (header / 4) << 4;
  for (const letter of flags) segment[13] |= 1 << FLAG_LETTERS.indexOf(letter);
  view.setUint16(14, window);
  segment.set(bytes, 20);
  tracker.segment.read(view, 0, segment.length);
}

function isListed(words: Int32Array, opener: number, now: number, listed: Recorded[8]): boolean {
  const flags = words[FLAGS];
  const state = flags & STATE_BITS;
  if (listed === null || state === 0) return (listed === null) === (state === 0);
  const [name, seconds, marks] = listed;
  const gotMarks =
    ((flags & REPLIED) === 0 ? 'U' : '') +
    ((flags & ASSURED) === 0 ? '' : 'A') +
    (opener === 1 ? 'r' : '');
  const gotSeconds = (words[EXPIRY] - now) / 1000;
  return (
    TRACKED_TCP_STATES[state] === name &&
    gotMarks === marks &&
    Math.abs(gotSeconds - seconds) <= SECONDS_OF_LISTING
  );
}
