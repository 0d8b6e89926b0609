import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PcapReader, type PcapRecord, PcapWriter } from '../../src/pcap/index.js';

const records = fc.array(
  fc.record({
    seconds: fc.nat(0x7fff_ffff),
    nanoseconds: fc.nat(999_999).map((micros) => micros * 1000),
    bytes: fc.uint8Array({ maxLength: 80 }),
    originalLength: fc.integer({ min: 80, max: 9000 }),
  }),
  { maxLength: 8 },
);
const options = fc.record({
  linkType: fc.constantFrom('ethernet' as const, 'raw-ip' as const),
  littleEndian: fc.boolean(),
  nanoseconds: fc.boolean(),
});

function join(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

function readAll(reader: PcapReader, chunks: readonly Uint8Array[]): PcapRecord[] {
  const found: PcapRecord[] = [];
  for (const chunk of chunks) {
    reader.add(chunk);
    for (let record = reader.next(); record !== undefined; record = reader.next())
      found.push(record);
  }
  return found;
}

test('records written are records read, in any format, however the file is cut into chunks', () => {
  fc.assert(
    fc.property(options, records, fc.integer({ min: 1, max: 60 }), (format, expected, size) => {
      const writer = new PcapWriter(format);
      const file = join([writer.header(), ...expected.map((record) => writer.record(record))]);
      const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, index) =>
        file.subarray(index * size, (index + 1) * size),
      );
      const reader = new PcapReader();
      expect(readAll(reader, chunks)).toEqual(expected);
      expect([reader.linkType, reader.fault, reader.bytesPending]).toEqual([
        format.linkType,
        undefined,
        0,
      ]);
    }),
  );
});

test('microsecond files cut finer times, and a length that is left out is that of the bytes', () => {
  const writer = new PcapWriter();
  const bytes = Uint8Array.of(1, 2, 3);
  const file = join([writer.header(), writer.record({ seconds: 5, nanoseconds: 1999, bytes })]);

  expect(readAll(new PcapReader(), [file])).toEqual([
    { seconds: 5, nanoseconds: 1000, bytes, originalLength: 3 },
  ]);
});

test('a file that ends within a record leaves bytes pending', () => {
  const writer = new PcapWriter();
  const record = writer.record({ seconds: 1, nanoseconds: 0, bytes: new Uint8Array(9) });
  const reader = new PcapReader();

  expect(readAll(reader, [writer.header(), record.subarray(0, 20)])).toEqual([]);
  expect([reader.bytesPending, reader.fault]).toEqual([20, undefined]);
});

test.each([
  ['not-a-pcap-file', 0, 0x0a],
  ['version-unknown', 4, 9],
  ['link-type-unknown', 20, 147],
] as const)('a header that is %s is a fault', (fault, at, value) => {
  const header = new PcapWriter().header();
  header[at] = value;
  const reader = new PcapReader();

  expect(readAll(reader, [header])).toEqual([]);
  expect(reader.fault).toBe(fault);
});

test('a record of impossible length is a fault, and is not waited for', () => {
  const writer = new PcapWriter();
  const record = writer.record({ seconds: 1, nanoseconds: 0, bytes: new Uint8Array(9) });
  record.fill(0xff, 8, 12);
  const reader = new PcapReader();
  readAll(reader, [writer.header(), record]);

  expect(reader.fault).toBe('record-too-long');
});

test('any bytes at all never throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), fc.boolean(), (chunks, good) => {
      const reader = new PcapReader();
      const first = good ? [new PcapWriter().header()] : [];
      expect(() => readAll(reader, [...first, ...chunks])).not.toThrow();
    }),
  );
});

test.each([
  { seconds: -1, nanoseconds: 0 },
  { seconds: 0, nanoseconds: 1e9 },
  { seconds: 0, nanoseconds: 0, originalLength: 2 },
])('the record %j is refused', (time) => {
  const record = { ...time, bytes: new Uint8Array(3) };

  expect(() => new PcapWriter().record(record)).toThrow(RangeError);
});
