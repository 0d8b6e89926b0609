import { expect, test } from 'vitest';
import { replayFolder } from './golden.js';

// The numbers of checks stand here so that a replay which compares nothing cannot pass.
test.each([
  ['persistence', /\.jsonl\.gz$/, 52, 9669],
  ['forwarding', /\.jsonl\.gz$/, 56, 5404],
  ['states', /\.jsonl\.gz$/, 4, 20698],
  ['stock-timer-wheel', /\.jsonl\.gz$/, 5, 946],
  ['ipvsadm', /\.rules\.gz$|^errors\.jsonl\.gz$/, 5, 749],
] as const)('the recordings of %s are made again', async (folder, names, recordings, checks) => {
  const replay = await replayFolder(folder, names);

  expect(replay).toEqual({ recordings, checks, differences: [] });
});
