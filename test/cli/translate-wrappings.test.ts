/**
 * What a capture is wrapped in changes nothing about what a director makes of the packets in it.
 */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { packetsOf } from '../captures/support/captures.js';
import {
  framed,
  headerLength,
  LINKS,
  type Wrapping,
  wrap,
  wrappings,
} from '../captures/support/wrappings.js';
import { tcp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const rules = write('rules', '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m\n');
const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';
const SERVER = '10.0.0.1:8080';

const conversation = (): Uint8Array[] => [
  tcp(CLIENT, VIP),
  tcp(SERVER, CLIENT, 'SA'),
  tcp(CLIENT, VIP, 'A'),
  tcp(CLIENT, VIP, 'A', { payload: new Uint8Array(200).fill(7) }),
  tcp(CLIENT, '192.0.2.9:80'),
];

async function translated(
  wrapping: Wrapping,
): Promise<{ packets: string[]; times: number[]; verdicts: unknown }> {
  const from = write('in', wrap(conversation(), wrapping));
  const to = write('out', '');
  const { code, out, err } = await ipvs(['translate', '--rules', rules, '--json', from, to]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const records = packetsOf(readFileSync(to));
  const front = headerLength(wrapping);
  const { verdicts } = JSON.parse(out) as { verdicts: unknown };
  return {
    packets: records.map(({ bytes }) => Buffer.from(bytes.subarray(front)).toString('hex')),
    times: records.map(({ nanoseconds }) => nanoseconds),
    verdicts,
  };
}

const PLAIN: Wrapping = {
  format: 'pcap',
  littleEndian: true,
  nanoseconds: false,
  link: 'raw IP',
  kept: 1500,
  packed: false,
};

test('the same conversation in any wrapping gives the same packets, times and verdicts', async () => {
  const plain = await translated(PLAIN);
  expect(plain.packets).toHaveLength(5);
  await fc.assert(
    fc.asyncProperty(wrappings, async (wrapping) => {
      const { packets, times, verdicts } = await translated(wrapping);
      const kept = wrapping.kept * 2;
      expect(packets).toEqual(plain.packets.map((packet) => packet.slice(0, kept)));
      expect({ times, verdicts }).toEqual({ times: plain.times, verdicts: plain.verdicts });
    }),
    { numRuns: 80 },
  );
});

test.each(Object.keys(LINKS))('%s is read, and its header is kept', async (link) => {
  const wrapping = { ...PLAIN, link, format: 'pcapng' as const };
  const from = write('in', wrap(conversation().slice(0, 1), wrapping));
  const to = write('out', '');
  await ipvs(['translate', '--rules', rules, from, to]);
  const [packet] = packetsOf(readFileSync(to));
  const [request] = conversation();
  const framing = framed(LINKS[link].header, request);
  const header = Buffer.from(framing).toString('hex', 0, framing.length - request.length);
  const isEthernet = packet?.linkType === 1;
  const got = Buffer.from(packet?.bytes ?? []).toString('hex', 0, header.length / 2);

  // Ethernet addresses are those of the next hop.
  expect(got.slice(isEthernet ? 24 : 0)).toBe(header.slice(isEthernet ? 24 : 0));
});
