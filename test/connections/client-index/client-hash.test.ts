import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientHash } from '../../../src/connections/client-index/client-hash.js';
import { seededRandom } from '../../../src/random.js';

/** A flood is aimed at one of so many buckets; finding keys for it takes as many tries each. */
const AIMED_AT = 16;
const BUCKETS = 4096;

/** The ports of addresses 0, 1, 2 …, such that one hash function puts all these keys into one bucket. */
function colliding(hash: ClientHash, count: number): Uint16Array {
  const ports = new Uint16Array(count);
  for (let address = 0; address < count; address++) {
    while ((hash.hash4(6, address, ports[address]) & (AIMED_AT - 1)) !== 0) ports[address]++;
  }
  return ports;
}

function spread(hash: ClientHash, ports: Uint16Array): number[] {
  const counts = Array.from({ length: BUCKETS }, () => 0);
  ports.forEach((port, address) => counts[hash.hash4(6, address, port) & (BUCKETS - 1)]++);
  return counts;
}

function hashOf(seed: number): number {
  return new ClientHash(seededRandom(seed)).hash4(17, 1, 2);
}

describe('ClientHash', () => {
  it('spreads a million keys evenly that were chosen to collide under another seed', () => {
    const ports = colliding(new ClientHash(seededRandom(1)), 1_000_000);
    const aimed = spread(new ClientHash(seededRandom(1)), ports);
    expect(aimed.filter((count) => count > 0).length).toBeLessThanOrEqual(BUCKETS / AIMED_AT);
    const counts = spread(new ClientHash(seededRandom(2)), ports);
    const mean = ports.length / BUCKETS;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / BUCKETS;
    expect(variance).toBeLessThan(1.5 * mean);
    expect(Math.max(...counts)).toBeLessThan(1.5 * mean);
  });

  it('depends on every byte of an IPv6 address', () => {
    const hash = new ClientHash(seededRandom(1));
    const seen = new Set<number>([hash.words(0, 0, 0)]);
    for (let bit = 0; bit < 32; bit++) {
      seen.add(hash.words(1 << bit, 0, 0));
      seen.add(hash.words(0, 1 << bit, 0));
      seen.add(hash.words(0, 0, 1 << bit));
    }
    expect(seen.size).toBe(97);
  });

  it('depends on every bit of protocol, address, port and text, each in its own way', () => {
    const hash = new ClientHash(seededRandom(1));
    const seen = new Set<number>([hash.hash4(0, 0, 0)]);
    for (let bit = 0; bit < 32; bit++) seen.add(hash.hash4(0, 1 << bit, 0));
    for (let bit = 0; bit < 16; bit++) seen.add(hash.hash4(0, 0, 1 << bit));
    for (let bit = 0; bit < 8; bit++) seen.add(hash.hash4(1 << bit, 0, 0));
    expect(seen.size).toBe(57);
    const texts = ['', '\0', '\0\0', 'a', 'b', 'ab', 'ba', 'aba', 'baa', 'a'.repeat(255)];
    expect(new Set(texts.map((text) => hash.text(text))).size).toBe(texts.length);
    expect(hash.text('')).toBe(0);
  });

  it('takes a drawn word for one value of one byte of an address, or of the protocol', () => {
    /** The hashes of all clients that differ from others in one byte only. */
    const hashesOf = (random: () => number): number[] => {
      const hash = new ClientHash(random);
      const values = Array.from({ length: 0x400 }, (_, at) => (at & 0xff) << ((at >> 8) * 8));
      return [
        ...values.slice(0, 0x100).map((protocol) => hash.hash4(protocol, 0, 0)),
        ...values.map((address) => hash.hash4(0, address, 0)),
        ...values.map((word) => hash.words(word, 0, 0)),
        ...values.map((word) => hash.words(0, word, 0)),
        ...values.map((word) => hash.words(0, 0, word)),
      ];
    };
    const before = hashesOf(() => 0);
    // The words of the two bytes of a port depend on each other.
    const words = fc.nat({ max: 19 * 0x100 - 1 }).filter((at) => at >> 9 !== 2 && (at & 0xff) > 0);
    fc.assert(
      fc.property(words, (changed) => {
        let drawn = 0;
        const after = hashesOf(() => (drawn++ === changed ? 0.5 : 0));
        expect(after.filter((hash, at) => hash !== before[at])).toHaveLength(1);
      }),
      { numRuns: 50 },
    );
  });

  it('takes the first three words of an address from wherever they are stored', () => {
    const hash = new ClientHash(seededRandom(1));
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 3, maxLength: 9 }),
        fc.nat(6),
        (list, from) => {
          const at = from % (list.length - 2);
          const [word0, word1, word2] = list.slice(at);
          expect(hash.wide(Int32Array.from(list), at)).toBe(hash.words(word0, word1, word2));
        },
      ),
    );
  });

  it('is known whole from the fingerprint and its low half, so that both tell address and port', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const ports = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(fc.integer(), byte, fc.integer(), ports, (seed, protocol, address, port) => {
        const hash = new ClientHash(seededRandom(seed));
        const whole = hash.hash4(protocol, address, port);
        const fingerprint = hash.fingerprint(whole, address);
        expect(hash.hashOfFingerprint(protocol, fingerprint, whole & 0xffff)).toBe(whole);
      }),
    );
  });

  it('gives the ports of one address different fingerprints', () => {
    const hash = new ClientHash(seededRandom(1));
    const seen = new Set<number>();
    for (let port = 0; port < 65_536; port++) seen.add(hash.fingerprint(hash.hash4(6, 1, port), 1));
    expect(seen.size).toBe(65_536);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(hashOf(4)).toBe(hashOf(4));
    expect(hashOf(4)).not.toBe(hashOf(5));
  });
});
