import fc from 'fast-check';
import { expect, it } from 'vitest';
import { followPlainSegment } from '../../src/conntrack/plain-segment.js';
import {
  ASSURED,
  END,
  EXPIRY,
  FLAGS,
  HAS_ACKED,
  LIMIT,
  RECORD_WORDS,
  REPLIED,
  UNACKNOWLEDGED,
  WINDOW,
} from '../../src/conntrack/record.js';
import { ACCEPTED } from '../../src/conntrack/tcp-outcomes.js';
import { ESTABLISHED } from '../../src/conntrack/tcp-states.js';
import { TcpTracker } from '../../src/conntrack/tcp-tracker.js';

const NOW = 5000;
const near = fc.integer({ min: -3000, max: 70_000 });

const records = fc
  .record({
    ends: fc.tuple(fc.nat(), fc.nat()),
    limits: fc.tuple(near, near),
    windows: fc.tuple(fc.integer({ min: 1, max: 1 << 20 }), fc.integer({ min: 1, max: 1 << 20 })),
    behind: fc.tuple(fc.nat(3000), fc.nat(3000)),
    scales: fc.nat(0xff),
    unacknowledged: fc.nat(3),
    assured: fc.boolean(),
  })
  .map(({ ends, limits, windows, behind, scales, unacknowledged, assured }) => {
    const words = new Int32Array(RECORD_WORDS);
    for (const direction of [0, 1] as const) {
      words[END + direction] = ends[direction];
      words[LIMIT + direction] = (ends[direction] + Math.abs(limits[direction])) | 0;
      words[WINDOW + direction] = windows[direction];
      words[6 + direction] = (ends[1 - direction] - behind[direction]) | 0;
    }
    words[EXPIRY] = NOW + 1;
    words[FLAGS] =
      ESTABLISHED |
      REPLIED |
      HAS_ACKED |
      (HAS_ACKED << 1) |
      (scales << 12) |
      (unacknowledged * UNACKNOWLEDGED) |
      (assured ? ASSURED : 0);
    return words;
  });

const segments = fc.record({
  sequence: near,
  acknowledgment: fc.integer({ min: -70_000, max: 3000 }),
  window: fc.oneof(fc.constant(0), fc.nat(0xffff)),
  length: fc.nat(1460),
  flags: fc.oneof(fc.constantFrom(0x10, 0x18), fc.nat(0xff)),
  timestamp: fc.boolean(),
});

it('a plain segment is followed as every other is', () => {
  let plain = 0;
  fc.assert(
    fc.property(records, segments, (record, described) => {
      const { timestamp, length, flags, window } = described;
      const header = timestamp ? 32 : 20;
      const view = new DataView(new ArrayBuffer(header + length));
      view.setInt32(4, record[END] + described.sequence);
      view.setInt32(8, record[END + 1] + described.acknowledgment);
      view.setUint16(12, ((header / 4) << 12) | flags);
      view.setUint16(14, window);
      if (timestamp) view.setInt32(20, 0x0101080a);
      const fast = record.slice();
      const slow = record.slice();
      const isPlain = followPlainSegment(
        fast,
        0,
        fast[FLAGS],
        view,
        0,
        view.byteLength,
        NOW,
        false,
      );
      if (!isPlain) {
        expect(fast).toEqual(record);
        return;
      }
      plain += 1;
      const tracker = new TcpTracker();
      tracker.segment.read(view, 0, view.byteLength);

      expect(tracker.judge(slow, 0, 0, 0, NOW)).toBe(ACCEPTED);
      expect(fast).toEqual(slow);
    }),
    { numRuns: 2000 },
  );
  expect(plain).toBeGreaterThan(5);
});
