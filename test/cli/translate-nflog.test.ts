/**
 * Captures of the netfilter log: what a rule logs whole or in part, at the hooks of every family.
 */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LinkContent, linkRuleOf } from '../../src/captures/index.js';
import { captureFile, packetsOf, type ReadPacket } from '../captures/support/captures.js';
import { tcp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';
const NFLOG = 239;
const TUNNEL = ['--server-address', '10.0.0.254,fd00::fe'];
const mark = Uint8Array.of(0, 0, 0, 9);

/** An attribute, padded. */
function attribute(type: number, value: Uint8Array, littleEndian = true): Uint8Array {
  const bytes = new Uint8Array((value.length + 7) & ~3);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, value.length + 4, littleEndian);
  view.setUint16(2, type, littleEndian);
  bytes.set(value, 4);
  return bytes;
}

const protocol = (etherType: number): Uint8Array =>
  Uint8Array.of(etherType >> 8, etherType & 0xff, 1, 0);

/** A logged packet, as the kernel orders its attributes; what follows the packet may be given. */
function logged(
  packet: Uint8Array,
  { family = 2, etherType = 0x0800, littleEndian = true, behind = [] as Uint8Array[] } = {},
): Uint8Array {
  return Buffer.concat([
    Uint8Array.of(family, 0, 0, 5),
    attribute(1, protocol(etherType), littleEndian),
    attribute(2, mark, littleEndian),
    attribute(9, packet, littleEndian),
    ...behind,
  ]);
}

/** What is logged: the bytes of the packet, and the attribute of the given type. */
function payloadOf({ bytes }: ReadPacket, type = 9): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 4; at < bytes.length;) {
    const length = view.getUint16(at, true);
    if (view.getUint16(at + 2, true) === type) return bytes.slice(at + 4, at + length);
    at += (length + 3) & ~3;
  }
  return undefined;
}

async function translate(
  frames: readonly Uint8Array[],
  rule: string,
): Promise<{ frames: ReadPacket[]; sum: { verdicts: unknown; advice: string[] } }> {
  const packets = frames.map((bytes, seconds) => ({ seconds, bytes }));
  const from = write('in', captureFile({ format: 'pcap', linkType: NFLOG }, packets));
  const rules = write('rules', `-A -t ${VIP} -s rr\n-a -t ${VIP} -r ${rule}\n`);
  const to = write('out', '');
  const { code, out, err } = await ipvs([
    'translate',
    '--json',
    '--rules',
    rules,
    ...TUNNEL,
    from,
    to,
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return { frames: packetsOf(readFileSync(to)), sum: JSON.parse(out) as never };
}

const destinationOf = (packet: Uint8Array | undefined): string =>
  packet === undefined ? '' : packet.subarray(16, 20).join('.');

test.each([
  ['of IPv4', 2],
  ['of a device', 5],
  ['of a bridge', 7],
])('a packet logged at a hook %s is translated where it is', async (_name, family) => {
  const frame = logged(tcp(CLIENT, VIP, 'S', { payload: new Uint8Array(5) }), { family });
  const { frames } = await translate([frame], '10.0.0.1:8080 -m');

  expect(frames).toHaveLength(1);
  expect(destinationOf(payloadOf(frames[0]))).toBe('10.0.0.1');
  expect(frames[0].bytes.subarray(0, 24)).toEqual(new Uint8Array(frame.subarray(0, 24)));
});

test('a packet of which the rule logs the beginning is decided by the length in its header', async () => {
  const payload = new Uint8Array(1000).fill(7);
  const packet = tcp(CLIENT, VIP, 'S', { payload });
  const { frames, sum } = await translate([logged(packet.subarray(0, 57))], '10.0.0.1:8080 -m');
  const whole = await translate([logged(packet)], '10.0.0.1:8080 -m');

  expect(sum.advice[0]).toMatch(/^1 packets were cut/);
  expect(payloadOf(frames[0])).toEqual(payloadOf(whole.frames[0])?.subarray(0, 57));
});

test('a packet that grows by a tunnel has its new length and family in the log, and what followed it', async () => {
  const text = Buffer.from('in: \0');
  const frame = logged(tcp(CLIENT, VIP, 'S', { payload: new Uint8Array(5) }), {
    behind: [attribute(10, text)],
  });
  const { frames } = await translate([frame], '[fd00::1]:80 -i');
  const [sent] = frames;

  expect(payloadOf(sent)).toHaveLength(45 + 40);
  expect(payloadOf(sent)?.[0]).toBe(0x60);
  expect(Buffer.from(payloadOf(sent, 10) ?? []).toString()).toBe('in: \0');
  expect(payloadOf(sent, 1)?.slice(0, 2)).toEqual(Uint8Array.of(0x86, 0xdd));
  expect({ family: sent.bytes[0], rest: sent.bytes.length % 4 }).toEqual({ family: 10, rest: 0 });
  expect(sent.originalLength).toBe(sent.bytes.length);
});

test('a logged beginning that grows by a tunnel keeps the length that was logged', async () => {
  const packet = tcp(CLIENT, VIP, 'S', { payload: new Uint8Array(1000) });
  const { frames } = await translate([logged(packet.subarray(0, 57))], '10.0.0.1:80 -i');

  expect(payloadOf(frames[0])).toHaveLength(57 + 20);
});

test('a frame that a snap length cuts within the packet claims as much more as before', async () => {
  const packet = tcp(CLIENT, VIP, 'S', { payload: new Uint8Array(100) });
  const frame = logged(packet);
  const bytes = frame.subarray(0, frame.length - 50);
  const capture = captureFile({ format: 'pcap', linkType: NFLOG }, [
    { seconds: 1, bytes, originalLength: frame.length },
  ]);
  const rules = write('rules', `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.1:80 -i\n`);
  const to = write('out', '');
  await ipvs(['translate', '--rules', rules, ...TUNNEL, write('in', capture), to]);
  const [sent] = packetsOf(readFileSync(to));

  expect(sent.bytes).toHaveLength(bytes.length + 20);
  expect(sent.originalLength).toBe(frame.length + 20);
  expect(new DataView(sent.bytes.buffer).getUint16(20, true)).toBe(packet.length + 4 + 20);
});

test('attributes of either byte order are read', () => {
  const content = new LinkContent();
  for (const littleEndian of [true, false]) {
    const frame = logged(tcp(CLIENT, VIP), { littleEndian });
    linkRuleOf(NFLOG)?.locate(frame, 0, frame.length, content);
    expect(content).toMatchObject({ family: 4, offset: 24, packetEnd: 64 });
  }
});

test('what holds no IP is named', () => {
  const content = new LinkContent();
  const named = (frame: Uint8Array): string => {
    linkRuleOf(NFLOG)?.locate(frame, 0, frame.length, content);
    return content.family === 0 ? content.other : '';
  };
  const frame = logged(tcp(CLIENT, VIP));

  expect(named(logged(new Uint8Array(28), { family: 3, etherType: 0x0806 }))).toBe(
    'netfilter family 3',
  );
  expect(named(frame.subarray(0, 20))).toBe('frame cut within its link header');
  expect(named(frame.subarray(0, 5))).toBe('frame cut within its link header');
});

test('any bytes give a packet within the frame, or none', () => {
  const content = new LinkContent();
  const frame = logged(tcp(CLIENT, VIP));
  fc.assert(
    fc.property(
      fc.nat({ max: frame.length }),
      fc.array(fc.tuple(fc.nat({ max: 27 }), fc.nat({ max: 255 })), { maxLength: 4 }),
      (length, changes) => {
        const bytes = Uint8Array.from(frame.subarray(0, length));
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        linkRuleOf(NFLOG)?.locate(bytes, 0, length, content);
        if (content.family === 0) return;
        expect(content.offset).toBeLessThanOrEqual(length);
        expect(content.packetEnd).toBeGreaterThanOrEqual(content.offset);
        expect(content.packetEnd).toBeLessThanOrEqual(length);
      },
    ),
  );
});
