/**
 * Captures as people have them: cut, merged, unfinished, with frames that are not IP, from anywhere on the way.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CaptureReader, CaptureWriter, describeLinkType } from '../../src/captures/index.js';
import { Packet, verifyChecksums } from '../../src/wire/index.js';
import { captureFile, join, packetsOf, type ReadPacket } from '../captures/support/captures.js';
import { endsOf, icmpError, sctp, tcp, udp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const nat = write('nat', '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m\n');
const routed = write('dr', '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g\n');
const datagrams = write('udp', '-A -u 192.0.2.1:53 -s rr\n-a -u 192.0.2.1:53 -r 10.0.0.1:53 -m\n');
const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';
const SERVER = '10.0.0.1:8080';
const RAW = 101;

interface Row {
  action: string;
  reason: string;
  what?: string;
  packets: number;
}

interface Translated {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly records: ReadPacket[];
}

async function translate(
  file: Uint8Array,
  rules: string,
  ...options: string[]
): Promise<Translated> {
  const from = write('in.cap', file);
  const to = write('out.cap', '');
  const { code, out, err } = await ipvs(['translate', '--rules', rules, from, to, ...options]);
  const written = readFileSync(to);
  return { code, out, err, records: written.length === 0 ? [] : packetsOf(written) };
}

/** Packets without a link header, cut to so many bytes. */
function raw(packets: readonly Uint8Array[], kept = 65_535): Uint8Array {
  return captureFile(
    { format: 'pcap', linkType: RAW },
    packets.map((bytes, index) => ({
      seconds: index,
      bytes: bytes.subarray(0, kept),
      originalLength: bytes.length,
    })),
  );
}

function verdictsOf({ out }: Translated): Row[] {
  return (JSON.parse(out.trim().split('\n').at(-1) as string) as { verdicts: Row[] }).verdicts;
}

function ends({ records }: Translated): string[] {
  return records.map(({ bytes }) => endsOf(bytes));
}

const payload = new Uint8Array(900).fill(5);

test('a packet that was cut is rewritten like the whole one, and keeps its length on the wire', async () => {
  const packets = [tcp(CLIENT, VIP), tcp(CLIENT, VIP, 'A', { payload })];
  const whole = await translate(raw(packets), nat);
  const cut = await translate(raw(packets, 60), nat);

  expect(cut.records.map(({ bytes }) => bytes)).toEqual(
    whole.records.map(({ bytes }) => bytes.slice(0, 60)),
  );
  expect(cut.records[1]?.originalLength).toBe(940);
  expect(cut.out).toContain('1 packets were cut by the snap length');
});

test.each([
  [
    'SCTP',
    '-A --sctp-service 192.0.2.1:80 -s rr\n-a --sctp-service 192.0.2.1:80 -r 10.0.0.1:8080 -m\n',
    () => [
      sctp(CLIENT, VIP, 1, { payload: Uint8Array.of(1, 0, 0, 40, ...payload.subarray(0, 36)) }),
    ],
  ],
  [
    'an ICMP error',
    '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m\n',
    () => [
      tcp(CLIENT, VIP),
      icmpError('198.51.100.9', '192.0.2.1', [3, 1], tcp(VIP, CLIENT, 'A', { payload })),
    ],
  ],
])('the checksum of %s that was cut is that of the whole packet', async (_, text, make) => {
  const rules = write('special', text);
  const whole = await translate(raw(make()), rules);
  const cut = await translate(raw(make(), 70), rules);

  expect(whole.records.length).toBeGreaterThan(0);
  expect(cut.records.map(({ bytes }) => bytes)).toEqual(
    whole.records.map(({ bytes }) => bytes.slice(0, 70)),
  );
});

test('UDP without a checksum stays without one when it was cut', async () => {
  const packet = udp(CLIENT, '192.0.2.1:53', { payload });
  packet.fill(0, 26, 28);
  const { records } = await translate(raw([packet], 60), datagrams);

  expect([...(records[0]?.bytes.subarray(26, 28) ?? [])]).toEqual([0, 0]);
});

test('a packet of which not even the ports were captured is skipped, and said to be', async () => {
  const result = await translate(raw([tcp(CLIENT, VIP)], 22), nat, '--json');

  expect(verdictsOf(result)).toEqual([
    { action: 'skip', reason: 'captured-too-short', packets: 1 },
  ]);
});

test('segments that a card merged are not measured, unless everything is taken literally', async () => {
  const big = tcp(CLIENT, VIP, 'A', { payload: new Uint8Array(9000), dontFragment: true });
  const file = raw([tcp(CLIENT, VIP), big]);

  expect((await translate(file, nat)).records.map(({ bytes }) => bytes.length)).toEqual([40, 9040]);
  expect(verdictsOf(await translate(file, nat, '--offload', 'none', '--json'))).toContainEqual({
    action: 'reply',
    reason: 'too-long',
    packets: 1,
  });
});

test.each(['finish', 'keep'] as const)(
  'length 0 and a partial checksum are handled: %s',
  async (how) => {
    const whole = tcp(CLIENT, VIP, 'A', { payload });
    const partial = whole.slice();
    const packet = new Packet();
    packet.parse(partial);
    const sum = [12, 14, 16, 18].reduce((all, at) => all + packet.view.getUint16(at), 6 + 920);
    packet.view.setUint16(36, (sum & 0xffff) + (sum >>> 16));
    packet.view.setUint16(2, 0);
    const { records, out } = await translate(
      raw([tcp(CLIENT, VIP), partial]),
      nat,
      '--offload',
      how,
    );
    const bytes = records[1]?.bytes ?? new Uint8Array(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset);

    expect(endsOf(bytes.length > 0 && how === 'finish' ? bytes : whole)).toContain('198.51.100.7');
    expect(view.getUint16(2)).toBe(how === 'finish' ? 940 : 0);
    if (how === 'finish') {
      expect(packet.parse(bytes)).toBe('ok');
      expect(verifyChecksums(packet)).toBe(true);
    } else {
      // The port is part of what a card sums up, so a partial checksum does not cover it.
      const after = [12, 14, 16, 18].reduce((all, at) => all + view.getUint16(at), 6 + 920);
      expect(view.getUint16(36)).toBe((after & 0xffff) + (after >>> 16));
    }
    expect(out).toContain('length 0');
  },
);

test('frames without IP go through as they are, and are no drops', async () => {
  const arp = Buffer.from('ffffffffffff020000000d000806000108000604', 'hex');
  const lldp = Buffer.from('0180c200000e020000000d0088cc0207', 'hex');
  const file = captureFile({ format: 'pcap' }, [
    { seconds: 1, bytes: arp },
    { seconds: 2, bytes: lldp },
  ]);
  const result = await translate(file, nat, '--json');

  expect(verdictsOf(result)).toEqual([
    { action: 'pass', reason: 'no-ip', what: 'ARP', packets: 1 },
    { action: 'pass', reason: 'no-ip', what: 'LLDP', packets: 1 },
  ]);
  expect(result.records.map(({ bytes }) => Buffer.from(bytes))).toEqual([arp, lldp]);
});

test('fragments are forwarded when the last one came, and none is a drop', async () => {
  const whole = udp(CLIENT, '192.0.2.1:53', { payload, identification: 9 });
  const pieces = fragmentsOf(whole, [0, 400, 800]);
  const result = await translate(raw(pieces), datagrams, '--json', '--explain');
  const lines = result.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { action: string; notes?: string[] });

  expect(verdictsOf(result)).toEqual([{ action: 'forward', reason: 'translated', packets: 3 }]);
  expect(lines.slice(0, 3).map(({ action }) => action)).toEqual(['wait', 'wait', 'forward']);
  expect(lines[2]?.notes).toEqual(['with the fragments in packets 1, 2']);
  expect(result.records).toHaveLength(3);
});

test('fragments that were cut leave as much as was captured of each', async () => {
  const pieces = fragmentsOf(
    udp(CLIENT, '192.0.2.1:53', { payload, identification: 9 }),
    [0, 400, 800],
  );
  const { records } = await translate(raw(pieces, 90), datagrams);

  expect(records.map(({ bytes }) => bytes.length)).toEqual([90, 90, 90]);
  expect(records.map(({ originalLength }) => originalLength)).toEqual(
    pieces.map(({ length }) => length),
  );
});

test('a capture of a plain server shows what LVS would do, in both directions', async () => {
  const file = raw([tcp(CLIENT, VIP), tcp(VIP, CLIENT, 'SA'), tcp(CLIENT, VIP, 'A')]);
  const without = await translate(file, nat, '--json');
  const before = await translate(file, nat, '--before-lvs', '--json');

  expect(without.out).toContain('--before-lvs');
  expect(verdictsOf(before)).toEqual([{ action: 'forward', reason: 'translated', packets: 3 }]);
  expect(ends(before)).toEqual([
    `${CLIENT} > ${SERVER}`,
    `${VIP} > ${CLIENT}`,
    `${CLIENT} > ${SERVER}`,
  ]);
});

test('a capture of both sides counts each packet once', async () => {
  const both = raw([
    tcp(CLIENT, VIP),
    tcp(CLIENT, SERVER),
    tcp(SERVER, CLIENT, 'SA'),
    tcp(VIP, CLIENT, 'SA'),
  ]);
  const result = await translate(both, nat, '--json');

  expect(ends(result)).toEqual([`${CLIENT} > ${SERVER}`, `${VIP} > ${CLIENT}`]);
  expect(verdictsOf(result)).toContainEqual({
    action: 'skip',
    reason: 'director-output',
    packets: 2,
  });
});

test('a capture at a real server of direct routing has both directions', async () => {
  const result = await translate(raw([tcp(CLIENT, VIP), tcp(VIP, CLIENT, 'SA')]), routed, '--json');

  expect(ends(result)).toEqual([`${CLIENT} > ${VIP}`, `${VIP} > ${CLIENT}`]);
  expect(verdictsOf(result)).toEqual([{ action: 'forward', reason: 'routed', packets: 2 }]);
});

test('only the packets of one client are written and counted, but all are decided', async () => {
  const packets = ['198.51.100.7:1', '198.51.100.8:1', '203.0.113.5:1'].map((from) =>
    tcp(from, VIP),
  );
  const result = await translate(raw(packets), nat, '--client', '198.51.100.0/24', '--json');
  const { connections } = JSON.parse(result.out) as { connections: number };

  expect(result.records).toHaveLength(2);
  expect(connections).toBe(3);
});

test('only the packets of one service are written, answers too', async () => {
  const packets = [tcp(CLIENT, VIP), tcp(SERVER, CLIENT, 'SA'), tcp(CLIENT, '192.0.2.1:81')];
  const result = await translate(raw(packets), nat, '--service', 'tcp:192.0.2.1:80');

  expect(ends(result)).toEqual([`${CLIENT} > ${SERVER}`, `${VIP} > ${CLIENT}`]);
});

test('comments of packets say what was done, in pcapng', async () => {
  const { records, code } = await translate(raw([tcp(CLIENT, VIP)]), nat, '--comments');
  const text = readFileSync(
    write('out.cap.copy', readFileSync(write('x', '').replace(/x$/, 'out.cap'))),
  ).toString('latin1');

  expect([code, records.length]).toEqual([0, 1]);
  expect(text).toContain(`ipvs: forward to ${SERVER}; Addresses and ports were rewritten.`);
});

test('a file that ends within a packet is translated as far as it goes, with 2 and a message', async () => {
  const { code, out, err, records } = await translate(
    raw([tcp(CLIENT, VIP), tcp(CLIENT, VIP, 'A')]).subarray(0, -3),
    nat,
  );

  expect([code, records.length]).toEqual([2, 1]);
  expect(err).toContain('ends within a packet, behind packet 1');
  expect(out).toContain('1 packets in, 1 out');
});

test('a link type that is not read is refused by name and number, and nothing is written', async () => {
  const file = captureFile({ format: 'pcap', linkType: 189 }, [{ seconds: 1, bytes: payload }]);
  const { code, err, records } = await translate(file, nat);

  expect([code, records]).toEqual([2, []]);
  expect(err).toContain(describeLinkType(189));
});

test('a pcapng file keeps names, statistics, options and interfaces of all sections', async () => {
  const one = new CaptureWriter({ linkType: RAW, nanoseconds: true });
  const other = new CaptureWriter({ linkType: RAW, littleEndian: false });
  const unknown = Uint8Array.of(0, 0, 0, 77, 0, 0, 0, 16, 1, 2, 3, 4, 0, 0, 0, 16);
  const bytes = tcp(CLIENT, VIP);
  const file = join([
    one.header(),
    one.packet({ seconds: 1, nanoseconds: 7, bytes, comment: 'seen' }),
    other.header(),
    unknown,
    other.packet({ seconds: 2, nanoseconds: 9000, bytes }),
  ]);
  const { records } = await translate(file, routed);
  const written = readFileSync(write('y', '').replace(/y$/, 'out.cap'));

  expect(records.map(({ seconds, nanoseconds }) => [seconds, nanoseconds])).toEqual([
    [1, 7],
    [2, 9000],
  ]);
  expect(written.includes(Buffer.from(unknown))).toBe(true);
  expect(written.includes('seen')).toBe(true);
  expect(written).toHaveLength(file.length);
});

test('a capture may be written over itself', async () => {
  const path = write('same.cap', raw([tcp(CLIENT, VIP), tcp(CLIENT, VIP, 'A')]));
  await ipvs(['translate', '--rules', nat, path, path]);

  expect(packetsOf(readFileSync(path)).map(({ bytes }) => endsOf(bytes))).toEqual([
    `${CLIENT} > ${SERVER}`,
    `${CLIENT} > ${SERVER}`,
  ]);
});

test('pcapng becomes pcap and back with times and bytes kept', async () => {
  const file = raw([tcp(CLIENT, VIP), tcp(CLIENT, VIP, 'A')]);
  const there = await translate(file, routed, '--format', 'pcapng');
  const reader = new CaptureReader();
  reader.add(readFileSync(write('z', '').replace(/z$/, 'out.cap')));
  reader.next();
  const plain = await translate(file, routed);

  expect(reader.format).toBe('pcapng');
  expect(there.records).toEqual(plain.records);
});

/** Cuts a datagram into fragments at the given places of its data. */
function fragmentsOf(packet: Uint8Array, starts: readonly number[]): Uint8Array[] {
  const data = packet.subarray(20);
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? data.length;
    const bytes = join([packet.subarray(0, 20), data.subarray(start, end)]);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setUint16(2, bytes.length);
    view.setUint16(6, (start / 8) | (end < data.length ? 0x2000 : 0));
    view.setUint16(10, 0);
    let sum = 0;
    for (let at = 0; at < 20; at += 2) sum += view.getUint16(at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    view.setUint16(10, ~sum & 0xffff);
    return bytes;
  });
}

test('a section with interfaces that differ in their snap length is read as two captures are', async () => {
  const packets = [tcp(CLIENT, VIP), tcp(CLIENT, VIP, 'A', { payload })];
  const [whole, cut] = [262_144, 60].map(
    (snapLength) =>
      new CaptureWriter({ format: 'pcapng', linkType: RAW, snapLength, littleEndian: true }),
  );
  const header = whole.header();
  // Of the other file's header the block of its interface alone, behind that of its section.
  const other = cut.header();
  const sectionLength = new DataView(other.buffer, other.byteOffset).getUint32(4, true);
  const second = cut.packet({
    seconds: 1,
    bytes: packets[1].subarray(0, 60),
    originalLength: packets[1].length,
  });
  new DataView(second.buffer, second.byteOffset).setUint32(8, 1, true);
  const merged = join([
    header,
    other.subarray(sectionLength),
    whole.packet({ seconds: 0, bytes: packets[0] }),
    second,
  ]);

  const { code, records } = await translate(merged, nat);

  expect(code).toBe(0);
  expect(records.map(({ bytes, originalLength }) => [bytes.length, originalLength])).toEqual([
    [40, 40],
    [60, 940],
  ]);
  const servers = records.map(({ bytes }) => bytes.subarray(16, 20).join('.'));
  expect(servers).toEqual(['10.0.0.1', '10.0.0.1']);
});
