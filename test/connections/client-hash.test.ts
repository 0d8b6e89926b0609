import { describe, expect, it } from 'vitest';
import { ClientHash } from '../../src/connections/client-hash.js';
import { seededRandom } from '../../src/random.js';

const BUCKETS = 1024;

/** The keys, out of many, that one hash function puts into one bucket. */
function colliding(hash: ClientHash, count: number): [number, number][] {
  const keys: [number, number][] = [];
  for (let n = 0; keys.length < count; n++) {
    const port = n & 0xffff;
    if ((hash.hash4(6, n, port) & (BUCKETS - 1)) === 0) keys.push([n, port]);
  }
  return keys;
}

function spread(hash: ClientHash, keys: readonly [number, number][]): number[] {
  const counts = Array.from({ length: BUCKETS }, () => 0);
  for (const [address, port] of keys) counts[hash.hash4(6, address, port) & (BUCKETS - 1)]++;
  return counts;
}

function hashOf(seed: number): number {
  return new ClientHash(seededRandom(seed)).hash4(17, 1, 2);
}

describe('ClientHash', () => {
  it('spreads keys evenly that collide under another seed', () => {
    const keys = colliding(new ClientHash(seededRandom(1)), 20_000);
    const counts = spread(new ClientHash(seededRandom(2)), keys);
    const mean = keys.length / BUCKETS;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / BUCKETS;
    expect(variance).toBeLessThan(1.5 * mean);
    expect(Math.max(...counts)).toBeLessThan(3 * mean);
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

  it('is the same for the same seed, and another for another', () => {
    expect(hashOf(4)).toBe(hashOf(4));
    expect(hashOf(4)).not.toBe(hashOf(5));
  });
});
