import { expect, test } from 'vitest';
import { replayFolder } from './golden.js';

// The numbers of checks stand here so that a replay which compares nothing cannot pass.
test.each([
  [/^(?:dh|fo|lblc|lblcr|lc)-/, 39, 15342],
  [/^(?:mh|nq|ovf)-/, 29, 12234],
  [/^(?:rr|sed|sh)-/, 34, 13869],
  [/^(?:twos|wlc|wrr)-/, 24, 9313],
])('every recorded decision of %s on a whole director is made again', async (names, ...counts) => {
  const replay = await replayFolder('director', names);

  expect(replay).toEqual({ recordings: counts[0], checks: counts[1], differences: [] });
});
