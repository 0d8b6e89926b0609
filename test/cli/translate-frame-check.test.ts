/**
 * Captures whose frames end with a frame check sequence, as the file says.
 */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { CaptureReader } from '../../src/captures/index.js';
import { Packet, verifyChecksums } from '../../src/wire/index.js';
import { captureFile, join, packetsOf } from '../captures/support/captures.js';
import { tcp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const RULES: Readonly<Record<string, string>> = {
  m: '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m\n',
  i: '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -i\n',
};
const HEADER = Buffer.from('020000000d00020000000c000800', 'hex');
const PADDING = new Uint8Array(6);
/** Bits of the link-type word: a length of two 16-bit words is given. */
const FOUR_BYTES = 0x2400_0000;
const FORMATS = ['pcap', 'pcapng'] as const;

type Format = (typeof FORMATS)[number];

function checked(frame: Uint8Array): Uint8Array {
  const check = Buffer.alloc(4);
  check.writeUInt32LE(crc32(frame));
  return join([frame, check]);
}

function isSound(frame: Uint8Array): boolean {
  return crc32(frame.subarray(0, -4)) === Buffer.from(frame).readUInt32LE(frame.length - 4);
}

const frames = (): Uint8Array[] =>
  [tcp('198.51.100.7:4711', '192.0.2.1:80')].map((packet) =>
    checked(join([HEADER, packet, PADDING])),
  );

/** A capture that says that its frames end with four bytes of check sequence. */
function capture(format: Format, littleEndian: boolean, kept = 65_535): Uint8Array {
  const packets = frames().map((frame) => ({
    seconds: 1,
    bytes: frame.subarray(0, kept),
    originalLength: frame.length,
  }));
  const file = Buffer.from(captureFile({ format, littleEndian }, packets));
  return format === 'pcap' ? withLinkBits(file, littleEndian) : withOption(file, littleEndian);
}

function withLinkBits(file: Buffer, littleEndian: boolean): Uint8Array {
  const word = FOUR_BYTES + 1;
  if (littleEndian) file.writeUInt32LE(word, 20);
  else file.writeUInt32BE(word, 20);
  return file;
}

/** Puts `if_fcslen` at the front of the options of the first interface. */
function withOption(file: Buffer, littleEndian: boolean): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset);
  const start = view.getUint32(4, littleEndian);
  const length = view.getUint32(start + 4, littleEndian);
  const option = Buffer.alloc(8);
  const optionView = new DataView(option.buffer, option.byteOffset);
  optionView.setUint16(0, 13, littleEndian);
  optionView.setUint16(2, 1, littleEndian);
  option[4] = 4;
  const hasOptions = length > 20;
  const end = hasOptions ? new Uint8Array(0) : new Uint8Array(4);
  const longer = length + option.length + end.length;
  view.setUint32(start + 4, longer, littleEndian);
  view.setUint32(start + length - 4, longer, littleEndian);
  return join([file.subarray(0, start + 16), option, end, file.subarray(start + 16)]);
}

async function translated(
  file: Uint8Array,
  method: string,
  ...options: string[]
): Promise<Uint8Array> {
  const to = write('out', '');
  const words = ['--rules', write('rules', RULES[method]), '--server-address', '10.0.0.254'];
  const { code, err } = await ipvs(['translate', ...words, write('in', file), to, ...options]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return readFileSync(to);
}

/** How many bytes of check sequence a file says its frames have. */
function statedIn(file: Uint8Array): number {
  const reader = new CaptureReader();
  reader.add(file);
  while (reader.next() && reader.record.kind !== 'packet');
  return reader.record.interface.frameCheckBytes;
}

const cases = FORMATS.flatMap((format) =>
  [true, false].flatMap((littleEndian) =>
    ['m', 'i'].map((method) => ({ format, littleEndian, method })),
  ),
);

test.each(cases)(
  'a frame check sequence is computed again: $format, little-endian $littleEndian, -$method',
  async ({ format, littleEndian, method }) => {
    const file = await translated(capture(format, littleEndian), method);
    const [frame] = packetsOf(file);
    const packet = new Packet();

    expect(isSound(frame.bytes)).toBe(true);
    expect(frame.originalLength).toBe(frame.bytes.length);
    expect(packet.parseFrame(frame.bytes)).toBe('ok');
    expect(verifyChecksums(packet)).toBe(true);
    expect(statedIn(file)).toBe(4);
  },
);

test.each(FORMATS)(
  'a frame cut within its check sequence keeps its lengths: %s',
  async (format) => {
    const [whole] = frames();
    const kept = whole.length - 2;
    const [frame] = packetsOf(await translated(capture(format, true, kept), 'm'));
    const packet = new Packet();

    expect([frame.bytes.length, frame.originalLength]).toEqual([kept, whole.length]);
    expect(packet.parseFrame(frame.bytes.subarray(0, whole.length - 4))).toBe('ok');
    expect(verifyChecksums(packet)).toBe(true);
  },
);

test.each([
  ['pcap', 'pcapng'],
  ['pcapng', 'pcap'],
] as const)(
  'frames of %s written as %s keep their check sequence, and the file says so',
  async (from, to) => {
    const file = await translated(capture(from, true), 'm', '--format', to);
    const [frame] = packetsOf(file);

    expect(isSound(frame.bytes)).toBe(true);
    expect(statedIn(file)).toBe(4);
  },
);

test.each(FORMATS)(
  'without the word of the file the last bytes are padding: %s',
  async (format) => {
    const bytes = frames()[0];
    const file = captureFile({ format }, [{ seconds: 1, bytes }]);
    const [frame] = packetsOf(await translated(file, 'm'));

    expect(frame.bytes.subarray(-4)).toEqual(bytes.subarray(-4));
  },
);
