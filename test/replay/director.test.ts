import { expect, test } from 'vitest';
import { replayFolder } from './golden.js';

test('every recorded scheduling decision of a whole director is made again', async () => {
  // The number of checks stands here so that a replay which compares nothing cannot pass.
  const replay = await replayFolder('director', /\.jsonl\.gz$/);

  expect(replay).toEqual({ recordings: 126, checks: 50754, differences: [] });
});
