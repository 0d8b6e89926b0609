/**
 * pcapng as programs write it: several sections, clocks and interfaces, and blocks that are no packets.
 */
import { describe, expect, test } from 'vitest';
import { CaptureReader } from '../../src/captures/index.js';
import { Blocks } from './support/blocks.js';
import { join, packetsOf, readPackets } from './support/captures.js';

const ETHERNET = 1;
const RAW = 101;
const RESOLUTION = 9;
const OFFSET = 14;
const SECOND = 1_700_000_000;
const bytes = Uint8Array.from({ length: 61 }, (_, index) => index);

describe.each([
  ['little', true],
  ['big', false],
])('in %s-endian order', (_, littleEndian) => {
  const blocks = new Blocks(littleEndian);
  const clock = (units: number): Buffer => blocks.option(RESOLUTION, Uint8Array.of(units));
  const offset = (seconds: bigint): Buffer => {
    const value = Buffer.alloc(8);
    if (littleEndian) value.writeBigInt64LE(seconds);
    else value.writeBigInt64BE(seconds);
    return blocks.option(OFFSET, value);
  };
  const file = (options: Uint8Array[], time: bigint): Uint8Array =>
    join([blocks.section(), blocks.interface(RAW, 0, ...options), blocks.packet(0, time, bytes)]);
  const seconds = BigInt(SECOND);

  test.each([
    ['microseconds when nothing is said', [], seconds * 1_000_000n + 250_000n, SECOND],
    ['nanoseconds', [clock(9)], seconds * 1_000_000_000n + 250_000_000n, SECOND],
    ['parts of a power of two', [clock(0x80 | 30)], (seconds << 30n) + (1n << 28n), SECOND],
    ['microseconds from an offset', [offset(seconds)], 250_000n, SECOND],
    ['an offset back in time', [offset(-3600n)], seconds * 1_000_000n + 250_000n, SECOND - 3600],
  ])('times are read in %s', (_name, options, time, expected) => {
    const [packet] = packetsOf(file(options, time));
    expect(packet).toMatchObject({ seconds: expected, nanoseconds: 250_000_000, bytes });
  });

  test('a simple packet has no time, and is as long as the snap length lets it be', () => {
    const reader = new CaptureReader();
    const kept = bytes.subarray(0, 40);
    reader.add(
      join([
        blocks.section(),
        blocks.interface(RAW, kept.length),
        blocks.simplePacket(bytes.length, kept),
        blocks.simplePacket(20, bytes.subarray(0, 20)),
      ]),
    );

    const found: unknown[] = [];
    while (reader.next()) {
      const { kind, hasTime, length, originalLength } = reader.record;
      if (kind === 'packet') found.push([hasTime, length, originalLength]);
    }
    expect(reader.fault).toBeUndefined();
    expect(found).toEqual([
      [false, 40, 61],
      [false, 20, 20],
    ]);
  });

  test('packets as old files have them are read', () => {
    const old = join([
      blocks.section(),
      blocks.interface(RAW),
      blocks.obsoletePacket(0, seconds * 1_000_000n, bytes),
    ]);
    expect(packetsOf(old)).toMatchObject([{ seconds: SECOND, bytes }]);
  });

  test('custom, unknown and other blocks are no packets, and take no number', () => {
    const note = Buffer.from('a note');
    const reader = new CaptureReader();
    const types = [4, 5, 9, 10, 0x0bad, 0x4000_0bad, 0x0b16_b00b];
    const others = types.map((type) => blocks.block(type, blocks.words(32_473), note));
    reader.add(
      join([
        blocks.section(2),
        blocks.interface(RAW),
        ...others.flatMap((other) => [other, blocks.packet(0, 0n, bytes)]),
      ]),
    );

    const seen: number[] = [];
    while (reader.next()) if (reader.record.kind === 'packet') seen.push(reader.record.number);
    expect(reader.fault).toBeUndefined();
    expect(seen).toEqual(types.map((_type, index) => index + 1));
  });

  test('a packet of an interface that is not there is a fault, behind what was whole', () => {
    const reader = new CaptureReader();
    const found = readPackets(reader, [
      join([
        blocks.section(),
        blocks.interface(RAW),
        blocks.packet(0, 0n, bytes),
        blocks.packet(7, 0n, bytes),
      ]),
    ]);
    expect(found).toHaveLength(1);
    expect(reader.fault).toBeDefined();
  });
});

test('each section has its own byte order, and interfaces with their own clock and link type', () => {
  const [little, big] = [new Blocks(true), new Blocks(false)];
  const nanoseconds = big.option(RESOLUTION, Uint8Array.of(9));
  const file = join([
    little.section(),
    little.interface(ETHERNET),
    little.packet(0, 3_000_000n, bytes),
    little.interface(RAW, 96),
    little.packet(1, 4_000_000n, bytes),
    big.section(),
    big.interface(RAW, 0, nanoseconds),
    big.packet(0, 5_000_000_000n, bytes),
  ]);

  expect(packetsOf(file)).toMatchObject([
    { seconds: 3, linkType: ETHERNET },
    { seconds: 4, linkType: RAW },
    { seconds: 5, linkType: RAW },
  ]);
});
