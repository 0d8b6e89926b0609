import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Packet, verifyChecksums } from '../../src/wire/index.js';
import { captureFile, packetsOf, type ReadPacket } from '../captures/support/captures.js';
import { endsOf, tcp, udp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const rules = write(
  'rules',
  `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m
`,
);
const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';
const SERVER = '10.0.0.1:8080';
const MACS = '020000000d00020000000c00';

const RAW = 101;
const ETHERNET = 1;

/** A capture of packets, a tenth of a second apart. */
function captureOf(packets: readonly Uint8Array[], linkType = RAW): Uint8Array {
  const header = linkType === ETHERNET ? Buffer.from(`${MACS}0800`, 'hex') : Buffer.alloc(0);
  const written = packets.map((packet, index) => ({
    seconds: 1_700_000_000,
    nanoseconds: index * 1e8,
    bytes: Buffer.concat([header, packet]),
  }));
  return captureFile({ format: 'pcap', linkType }, written);
}

function recordsOf(path: string): ReadPacket[] {
  return packetsOf(readFileSync(path));
}

const conversation = (): Uint8Array[] => [
  tcp(CLIENT, VIP),
  tcp(SERVER, CLIENT, 'SA'),
  tcp(CLIENT, VIP, 'A'),
  udp(CLIENT, '192.0.2.1:53'),
];

interface Sum {
  packets: number;
  written: number;
  verdicts: { action: string; reason: string; packets: number }[];
}

async function translated(
  capture: Uint8Array,
  ...options: string[]
): Promise<{ out: string; records: ReadPacket[] }> {
  const from = write('in.pcap', capture);
  const to = write('out.pcap', '');
  const { code, out, err } = await ipvs(['translate', '--rules', rules, from, to, ...options]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return { out, records: recordsOf(to) };
}

describe('a translated capture', () => {
  test('holds what leaves the director, with the times of what came', async () => {
    const { records } = await translated(captureOf(conversation()));

    expect(records.map(({ bytes }) => endsOf(bytes))).toEqual([
      `${CLIENT} > ${SERVER}`,
      `${VIP} > ${CLIENT}`,
      `${CLIENT} > ${SERVER}`,
    ]);
    expect(records.map(({ nanoseconds }) => nanoseconds)).toEqual([0, 1e8, 2e8]);
  });

  test('of Ethernet holds frames, between the link addresses that were seen', async () => {
    const { records } = await translated(captureOf(conversation(), ETHERNET));
    const packet = new Packet();
    for (const { bytes } of records) {
      expect(packet.parseFrame(bytes)).toBe('ok');
      expect(verifyChecksums(packet)).toBe(true);
    }
    const toClient = Buffer.from(records[1]?.bytes ?? []).toString('hex', 0, 6);

    expect(records).toHaveLength(3);
    expect(toClient).toBe(MACS.slice(12));
  });

  test('is summed up by verdict', async () => {
    const { out } = await translated(captureOf(conversation()), '--json');
    const { packets, written, verdicts } = JSON.parse(out) as Sum;

    expect([packets, written]).toEqual([4, 3]);
    expect(verdicts).toEqual([
      { action: 'forward', reason: 'translated', packets: 3 },
      { action: 'accept', reason: 'no-service', packets: 1 },
    ]);
  });

  test('is explained packet by packet', async () => {
    const { out } = await translated(captureOf(conversation()), '--explain');
    const lines = out.split('\n');

    expect(lines[0]).toBe(
      `1  0.000000  client  TCP ${CLIENT} > ${VIP}: forward to ${SERVER}; Addresses and ports were rewritten.`,
    );
    expect(lines[1]).toContain(`2  0.100000  server  TCP ${SERVER} > ${CLIENT}: forward from`);
    expect(lines[3]).toContain('accept; The packet is addressed to no virtual service.');
    expect(lines[4]).toMatch(/^4 packets in, 3 out; 1 connections and templates at the end$/);
  });

  test('is explained as JSON, a line per packet and one for the sum', async () => {
    const { out } = await translated(captureOf(conversation()), '--explain', '--json');
    const lines = out.trimEnd().split('\n');
    const all = lines.map((line) => JSON.parse(line) as { packet?: number });

    expect(all.map(({ packet }) => packet)).toEqual([1, 2, 3, 4, undefined]);
  });
});

test('the side is told by the address, unless the command line says it', async () => {
  const { out } = await translated(captureOf([tcp(SERVER, CLIENT, 'A')]), '--explain');
  const { out: other } = await translated(
    captureOf([tcp(SERVER, CLIENT, 'A')]),
    '--explain',
    '--side',
    'client',
  );

  expect(out).toContain('  server  ');
  expect(other).toContain('  client  ');
});

test('tunables, addresses and a mark are taken from the command line', async () => {
  const marked = write('marked', '-A -f 5 -s rr\n-a -f 5 -r 10.0.0.1:0 -i\n');
  const from = write('in.pcap', captureOf([tcp(CLIENT, VIP, 'A')]));
  const to = write('out.pcap', '');
  const options = '--mark 5 --tunables sloppy_tcp=1 --server-address 10.0.0.254'.split(' ');
  const { code } = await ipvs(['translate', '--rules', marked, ...options, from, to]);
  const [record] = recordsOf(to);

  expect(code).toBe(0);
  expect([...(record?.bytes.subarray(12, 20) ?? [])]).toEqual([10, 0, 0, 254, 10, 0, 0, 1]);
});

test.each([
  ['no rules', [], 'expected'],
  [
    'a rule that is refused',
    ['--rules', write('bad', '\n-A -t nowhere\n')],
    ':2:7: illegal virtual',
  ],
  ['a side that is none', ['--rules', rules, '--side', 'both'], '--side'],
  ['a tunable that is none', ['--rules', rules, '--tunables', 'speed=1'], 'tunable'],
])('%s ends the command with a word on it', async (_, options, word) => {
  const from = write('in.pcap', captureOf(conversation()));
  const { code, err } = await ipvs(['translate', ...options, from, write('out.pcap', '')]);

  expect(code).toBe(2);
  expect(err).toContain(word);
});

test.each([
  [
    'no capture',
    Buffer.from('This is a letter, and no capture of any kind.'),
    'is no capture file',
  ],
  ['a capture that ends too early', captureOf(conversation()).subarray(0, -3), 'ends within'],
])('%s is refused', async (_, bytes, word) => {
  const from = write('in.pcap', bytes);
  const { code, err } = await ipvs(['translate', '--rules', rules, from, write('out.pcap', '')]);

  expect(code).toBe(2);
  expect(err).toContain(word);
});
