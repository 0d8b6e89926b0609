/**
 * Fragments that a snap length cuts, and that leave in fragments of other sizes: only what was captured is written.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { captureFile, packetsOf } from '../captures/support/captures.js';
import { udp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const IP_HEADER = 20;
const datagram = udp('198.51.100.7:4711', '192.0.2.1:53', {
  payload: new Uint8Array(1600).fill(7),
  identification: 9,
});

/** The fragment with the data from one index to another. */
function fragment(from: number, to: number): Uint8Array {
  const data = datagram.subarray(IP_HEADER + from, IP_HEADER + to);
  const bytes = Uint8Array.from([...datagram.subarray(0, IP_HEADER), ...data]);
  const view = new DataView(bytes.buffer);
  view.setUint16(2, bytes.length);
  view.setUint16(6, (to < 1608 ? 0x2000 : 0) | (from / 8));
  // No checksum, as a network card leaves it.
  view.setUint16(10, 0);
  return bytes;
}

async function lengths(method: string, port: number, kept: number): Promise<number[][]> {
  const packets = [fragment(0, 800), fragment(800, 1608)].map((bytes, index) => ({
    seconds: 1,
    bytes: index === 0 ? bytes : bytes.subarray(0, kept),
    originalLength: bytes.length,
  }));
  const rules = `-A -u 192.0.2.1:53 -s rr\n-a -u 192.0.2.1:53 -r 10.0.0.1:${port} -${method}\n`;
  const to = write('out', '');
  const words = ['--rules', write('rules', rules), '--server-address', '10.0.0.254'];
  const from = write('in', captureFile({ format: 'pcap', linkType: 101 }, packets));
  const { err } = await ipvs(['translate', ...words, from, to]);
  expect(err).toBe('');
  const written = packetsOf(readFileSync(to));
  return written.map(({ bytes, originalLength }) => [bytes.length, originalLength]);
}

test('the first 820 bytes of a datagram leave as its first 820, in fragments of the larger size', async () => {
  // Fragments of 808 and 800 bytes leave: the second has the 12 bytes behind the first 808.
  expect(await lengths('m', 5353, IP_HEADER + 20)).toEqual([
    [828, 828],
    [IP_HEADER + 12, 820],
  ]);
});

test('behind the outer header of a tunnel they are further back by the inner header', async () => {
  expect(await lengths('i', 53, IP_HEADER + 20)).toEqual([
    [828, 828],
    [IP_HEADER + 32, 828],
    [IP_HEADER, 32],
  ]);
});
