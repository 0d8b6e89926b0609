import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CaptureReader, CaptureWriter, describeFault } from '../../src/captures/index.js';
import { captureFile, packetsOf, readPackets } from './support/captures.js';

const packets = fc.array(
  fc.record({
    seconds: fc.nat(0x7fff_ffff),
    nanoseconds: fc.nat(999_999).map((micros) => micros * 1000),
    bytes: fc.uint8Array({ maxLength: 80 }),
    originalLength: fc.integer({ min: 80, max: 9000 }),
  }),
  { maxLength: 8 },
);
const options = fc.record({
  format: fc.constantFrom('pcap' as const, 'pcapng' as const),
  linkType: fc.constantFrom(0, 1, 101, 276),
  littleEndian: fc.boolean(),
  nanoseconds: fc.boolean(),
});

test('packets written are packets read, in any format, however the file is cut into chunks', () => {
  fc.assert(
    fc.property(options, packets, fc.integer({ min: 1, max: 60 }), (format, expected, size) => {
      const file = captureFile(format, expected);
      const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, index) =>
        file.subarray(index * size, (index + 1) * size),
      );
      const reader = new CaptureReader({ bufferBytes: 1024 });
      const { linkType } = format;
      expect(readPackets(reader, chunks)).toEqual(expected.map((each) => ({ ...each, linkType })));
      expect([reader.fault, reader.bytesPending, reader.packets]).toEqual([
        undefined,
        0,
        expected.length,
      ]);
    }),
  );
});

test('bytes that are read into the space of the reader are read like bytes that are added', () => {
  fc.assert(
    fc.property(options, packets, fc.integer({ min: 1, max: 90 }), (format, expected, size) => {
      const file = captureFile(format, expected);
      const reader = new CaptureReader({ bufferBytes: 1024 });
      let count = 0;
      for (let at = 0; at < file.length;) {
        const space = reader.space();
        const part = file.subarray(at, at + Math.min(size, space.length));
        space.set(part);
        reader.added(part.length);
        at += part.length;
        while (reader.next()) if (reader.record.kind === 'packet') count += 1;
      }
      expect([count, reader.bytesPending]).toEqual([expected.length, 0]);
    }),
  );
});

test('a file that ends within a packet leaves bytes pending, and what is whole is read', () => {
  for (const format of ['pcap', 'pcapng'] as const) {
    const bytes = new Uint8Array(9);
    const file = captureFile({ format }, [
      { seconds: 1, bytes },
      { seconds: 2, bytes },
    ]);
    const reader = new CaptureReader();

    expect(readPackets(reader, [file.subarray(0, -3)])).toHaveLength(1);
    expect(reader.bytesPending).toBeGreaterThan(0);
    expect(reader.fault).toBeUndefined();
  }
});

test('microsecond files cut finer times, and a length that is left out is that of the bytes', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const [packet] = packetsOf(captureFile({}, [{ seconds: 5, nanoseconds: 1999, bytes }]));

  expect([packet?.nanoseconds, packet?.originalLength]).toEqual([1000, 3]);
});

test.each([
  ['a snoop file', '736e6f6f7000000000000002', 'is a snoop file, which is not read; try: editcap'],
  ['a modified pcap file', '34cdb2a10200040000000000', "is a 'modified' pcap file"],
  ['a packed file', '1f8b0800000000000003', 'gzip -dc IN > OUT'],
  ['a letter', '446561722053697221', 'is no capture file: expected pcap or pcapng, got 0x44656172'],
  [
    'pcap of the future',
    'd4c3b2a1030004000000000000000000ffff000001000000',
    'version 3.4: expected 2',
  ],
])('%s is refused by name', (_, hex, words) => {
  const reader = new CaptureReader();
  reader.add(Buffer.from(hex, 'hex'));

  expect(reader.next()).toBe(false);
  expect(reader.fault && describeFault(reader.fault)).toContain(words);
});

test.each(['pcap', 'pcapng'] as const)(
  'an impossible length in %s is a fault and is not waited for',
  (format) => {
    const file = captureFile({ format }, [{ seconds: 1, bytes: new Uint8Array(9) }]);
    const at = format === 'pcap' ? 24 + 8 : 28 + 20 + 4;
    file.fill(0xff, at, at + 4);
    const reader = new CaptureReader();
    readPackets(reader, [file]);

    expect(reader.fault?.kind).toBe('length-invalid');
  },
);

test('any bytes at all never throw, and the buffer stays as small as its records', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 })),
      fc.constantFrom(undefined, 'pcap' as const, 'pcapng' as const),
      (chunks, format) => {
        const reader = new CaptureReader({ bufferBytes: 1024 });
        const first = format === undefined ? [] : [new CaptureWriter({ format }).header()];
        expect(() => readPackets(reader, [...first, ...chunks])).not.toThrow();
        expect(reader.space().length).toBeLessThanOrEqual(33_554_432);
      },
    ),
  );
});

test.each([
  [{ seconds: -1 }, RangeError],
  [{ seconds: 0, nanoseconds: 1e9 }, RangeError],
  [{ seconds: 0, originalLength: 2 }, RangeError],
])('the packet %j is refused', (time, kind) => {
  expect(() => new CaptureWriter().packet({ ...time, bytes: new Uint8Array(3) })).toThrow(kind);
});

test('an option that is none is refused', () => {
  expect(() => new CaptureWriter({ nano: true } as object)).toThrow(TypeError);
});
