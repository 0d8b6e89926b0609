import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readRecording, replay } from './support/replay.js';

const folder = new URL('../golden/forwarding/', import.meta.url);
const recordings = readdirSync(folder).filter((name) => name.endsWith('.jsonl.gz'));

test.each(recordings)('%s is replayed byte for byte', (name) => {
  const { frames, differences } = replay(readRecording(new URL(name, folder)));

  expect(frames).toBeGreaterThan(0);
  expect(differences).toEqual([]);
});

test.each(recordings)('%s is replayed byte for byte with headroom', (name) => {
  const { differences } = replay(readRecording(new URL(name, folder)), 64);

  expect(differences).toEqual([]);
});
