/**
 * `npm run fuzz:captures -- [BYTES] [SEED]`: leads mutated captures of all formats and link types through a
 * translation, by default 10 million bytes of them. Ends with 1 at the first that throws, and says which.
 */
import { readCounts } from '../scripts/arguments.mjs';
import { seededRandom } from '../src/random.js';
import { mutate, runThrough } from '../test/captures/support/mutated.js';
import { LINKS, wrap } from '../test/captures/support/wrappings.js';
import { tcp, udp } from '../test/director/support/packets.js';

const USAGE = `npm run fuzz:captures -- [BYTES] [SEED]

Mutated captures through a translation, by default 10000000 bytes of seed 1.`;
const [bytes = 0, seed = 0] = readCounts(USAGE, [10_000_000, 1]);
const random = seededRandom(seed);
const CLIENT = '198.51.100.7:4711';
const packets = [
  tcp(CLIENT, '192.0.2.1:80'),
  tcp('10.0.0.1:8080', CLIENT, 'SA'),
  tcp(CLIENT, '192.0.2.1:80', 'A', { payload: new Uint8Array(90) }),
  udp(CLIENT, '192.0.2.1:53', { payload: new Uint8Array(9) }),
];
const links = Object.keys(LINKS);
let done = 0;
let slowestMs = 0;
for (let round = 0; done < bytes; round++) {
  const file = mutate(
    wrap(packets, {
      format: round % 2 === 0 ? 'pcap' : 'pcapng',
      link: links[round % links.length],
      littleEndian: round % 3 !== 0,
      nanoseconds: round % 5 === 0,
      kept: round % 7 === 0 ? 60 : 1500,
      packed: false,
    }),
    random,
  );
  const began = performance.now();
  try {
    runThrough(file, 4096);
  } catch (error) {
    console.error(`round ${round}, seed ${seed}: ${Buffer.from(file).toString('hex')}`);
    throw error;
  }
  slowestMs = Math.max(slowestMs, performance.now() - began);
  done += file.length;
}
const memory = Math.round(process.memoryUsage.rss() / 1e6);
console.log(`${done} bytes; the slowest file took ${slowestMs.toFixed(0)} ms; ${memory} MB in use`);
