import { expect, test } from 'vitest';
import { replayDirectorRecording } from './director-trace.js';
import { replayFolder } from './golden.js';
import { forwardingRecordings } from './recorded-frames.js';

// The numbers of checks stand here so that a replay which compares nothing cannot pass.
test.each([
  ['persistence', /\.jsonl\.gz$/, 52, 9788],
  ['forwarding', /\.jsonl\.gz$/, 56, 5586],
  ['sync', /\.jsonl\.gz$/, 14, 3283],
  ['states', /\.jsonl\.gz$/, 4, 20698],
  ['local-servers', /\.jsonl\.gz$/, 16, 2405],
  ['defenses', /\.jsonl\.gz$/, 15, 2842],
  ['linux-6.1.176', /\.jsonl\.gz$/, 96, 92154],
  ['linux-6.12.117', /\.jsonl\.gz$/, 42, 29575],
  ['linux-6.1.192', /\.jsonl\.gz$/, 10, 2614],
  ['stock-timer-wheel', /\.jsonl\.gz$/, 5, 956],
  ['ftp', /\.jsonl\.gz$/, 12, 2055],
  ['conntrack', /\.jsonl\.gz$/, 24, 1276],
  ['sip', /\.jsonl\.gz$/, 6, 484],
  ['keepalived', /\.jsonl\.gz$/, 6, 10070],
  ['ipvsadm', /\.rules\.gz$|^errors\.jsonl\.gz$/, 5, 749],
] as const)('the recordings of %s are made again', async (folder, names, recordings, checks) => {
  const replay = await replayFolder(folder, names);

  expect(replay).toEqual({ recordings, checks, differences: [] });
});

test('forwarded frames are the recorded ones with 64 bytes of headroom, too', () => {
  let checks = 0;
  for (const [name, recording] of forwardingRecordings()) {
    const result = replayDirectorRecording(recording, { headroom: 64 });
    checks += result.checks;

    expect(result.first, name).toEqual([]);
  }
  expect(checks).toBe(5586);
});
