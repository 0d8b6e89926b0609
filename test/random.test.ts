import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomBelow, seededRandom, systemRandom, type RandomSource } from '../src/random.js';

function take(source: RandomSource, count: number): number[] {
  return Array.from({ length: count }, source);
}

test('a seeded source gives this sequence, on every platform', () => {
  const words = take(seededRandom(1), 8).map((value) => value * 2 ** 32);
  expect(words).toEqual([
    1580013426, 350525680, 3524174333, 3011703609, 643872864, 2282937712, 2300340400, 3453518249,
  ]);
});

test('a seeded source starts with seed 1 unless told otherwise', () => {
  expect(take(seededRandom(), 5)).toEqual(take(seededRandom(1), 5));
});

test('a seeded source depends on the lowest 32 bits of the seed alone', () => {
  const property = fc.property(fc.integer(), (seed) => {
    expect(take(seededRandom(seed + 2 ** 32), 3)).toEqual(take(seededRandom(seed), 3));
    expect(take(seededRandom(seed + 1), 3)).not.toEqual(take(seededRandom(seed), 3));
  });
  fc.assert(property);
});

test.each([
  ['seeded', seededRandom(5)],
  ["the platform's", systemRandom],
])('a source (%s) gives numbers from 0 to below 1', (_, source) => {
  const values = take(source, 10_000);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
});

test('a seeded source fills each of 64 parts evenly, by the highest and by the lowest bits', () => {
  const source = seededRandom(42);
  const parts = { high: Array<number>(64).fill(0), low: Array<number>(64).fill(0) };
  const count = 64_000;
  for (let draw = 0; draw < count; draw++) {
    const word = source() * 2 ** 32;
    parts.high[Math.floor(word / 2 ** 26)] += 1;
    parts.low[word % 64] += 1;
  }
  for (const counts of [parts.high, parts.low]) {
    const chiSquare = counts.reduce((sum, each) => sum + (each - 1000) ** 2 / 1000, 0);
    // 63 degrees of freedom: beyond 120 once in a hundred thousand.
    expect(chiSquare).toBeLessThan(120);
    expect(chiSquare).toBeGreaterThan(20);
  }
});

test('a draw below a bound is each integer of the range alike', () => {
  expect([0, 0.24, 0.25, 0.5, 0.999].map((value) => randomBelow(() => value, 4))).toEqual([
    0, 0, 1, 2, 3,
  ]);
});

test('a value recorded as (r + ½) / T is drawn below T as r', () => {
  const property = fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.nat(), (bound, number) => {
    const value = number % bound;
    expect(randomBelow(() => (value + 0.5) / bound, bound)).toBe(value);
  });
  fc.assert(property);
});
