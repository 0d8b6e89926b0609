/**
 * Wrong bytes in a capture neither throw nor hang nor take memory; `npm run fuzz:captures` tries 10 million.
 */
import { expect, test } from 'vitest';
import { mutate, runThrough } from '../captures/support/mutated.js';
import { LINKS, wrap } from '../captures/support/wrappings.js';
import { seededRandom } from '../../src/random.js';
import { tcp, udp } from '../director/support/packets.js';

const CLIENT = '198.51.100.7:4711';
const packets = [
  tcp(CLIENT, '192.0.2.1:80'),
  tcp('10.0.0.1:8080', CLIENT, 'SA'),
  tcp(CLIENT, '192.0.2.1:80', 'A', { payload: new Uint8Array(90) }),
  udp(CLIENT, '192.0.2.1:53', { payload: new Uint8Array(9) }),
];
/** Every packet may grow by a tunnel, link headers and a comment, and cause an ICMP error; no more. */
const MOST_PER_PACKET = 66_000;

test.each(['pcap', 'pcapng'] as const)('mutated bytes of %s files do no harm', (format) => {
  const random = seededRandom(20);
  for (let round = 0; round < 20; round++) {
    for (const link of Object.keys(LINKS)) {
      const wrapping = {
        format,
        link,
        littleEndian: round % 2 === 0,
        nanoseconds: round % 3 === 0,
      };
      const file = wrap(packets, { ...wrapping, kept: round % 4 === 0 ? 60 : 1500, packed: false });
      const { written, packets: read, bufferBytes } = runThrough(mutate(file, random), 97);
      expect(written).toBeLessThanOrEqual(2 * file.length + read * MOST_PER_PACKET);
      expect(bufferBytes).toBeLessThanOrEqual(33_554_432);
    }
  }
});
