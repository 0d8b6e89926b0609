import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { Firewall } from '../../src/conntrack/firewall.js';
import { Follower } from '../../src/conntrack/follower.js';
import { PlainSegments } from '../../src/conntrack/plain-segment.js';
import {
  ASSURED,
  END,
  EXPIRY,
  FLAGS,
  HAS_ACKED,
  LIMIT,
  RECORD_WORDS,
  REPLIED,
  TRACKED,
  UNACKNOWLEDGED,
  WINDOW,
} from '../../src/conntrack/record.js';
import { ACCEPTED } from '../../src/conntrack/tcp-outcomes.js';
import { ESTABLISHED } from '../../src/conntrack/tcp-states.js';
import { TcpTracker } from '../../src/conntrack/tcp-tracker.js';
import { NOT_PLAIN } from '../../src/conntrack/tracking-part.js';
import { TrackedEntries } from '../../src/conntrack/tracked-entries.js';

const NOW = 5000;
const SLOT = 70;
const IPV4_HEADER = 20;
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
      TRACKED |
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

function scene(): { plain: PlainSegments; tracked: TrackedEntries['records'] } {
  const table = new ConnectionTable();
  const entries = new TrackedEntries(table, new Follower());
  const firewall = new Firewall({ verifyChecksums: false });
  return { plain: new PlainSegments(table, firewall, entries), tracked: entries.records };
}

it('a plain segment is followed as every other is', () => {
  let count = 0;
  fc.assert(
    fc.property(records, segments, (record, described) => {
      const { timestamp, length, flags, window } = described;
      const header = timestamp ? 32 : 20;
      const end = IPV4_HEADER + header + length;
      const view = new DataView(new ArrayBuffer(end));
      view.setInt32(IPV4_HEADER + 4, record[END] + described.sequence);
      view.setInt32(IPV4_HEADER + 8, record[END + 1] + described.acknowledgment);
      view.setUint16(IPV4_HEADER + 12, ((header / 4) << 12) | flags);
      view.setUint16(IPV4_HEADER + 14, window);
      if (timestamp) view.setInt32(IPV4_HEADER + 20, 0x0101080a);
      const { plain, tracked } = scene();
      tracked.reserve(SLOT);
      tracked.wordsOf(SLOT).set(record, tracked.offsetOf(SLOT));
      const fastRecord = (): Int32Array =>
        tracked.wordsOf(SLOT).slice(tracked.offsetOf(SLOT), tracked.offsetOf(SLOT) + RECORD_WORDS);
      const slow = record.slice();
      const as = plain.receive(SLOT, view, 0, end, NOW);
      if (as === NOT_PLAIN) {
        expect(fastRecord()).toEqual(record);
        return;
      }
      count += 1;
      const tracker = new TcpTracker();
      tracker.segment.read(view, IPV4_HEADER, end);

      expect(tracker.judge(slow, 0, 0, 0, NOW)).toBe(ACCEPTED);
      expect(fastRecord()).toEqual(slow);
    }),
    { numRuns: 8000 },
  );
  expect(count).toBeGreaterThan(5);
});
