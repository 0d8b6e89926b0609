import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { WeightSums } from '../../src/schedulers/weight-sums.js';

/** Positions of one block, and now and then of several levels of them. */
const positions = fc.oneof(fc.nat(7), fc.nat(70), fc.nat(700));
const weights = fc.oneof(
  { weight: 5, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.constant(2 ** 31 - 1) },
);
/** Weights by position, written one after the other; later ones replace earlier ones. */
const writes = fc.array(fc.tuple(positions, weights), { maxLength: 60 });

/** The sums and a plain array of the same weights. */
function written(all: readonly (readonly [number, number])[]) {
  const sums = new WeightSums();
  const plain = Array<number>(701).fill(0);
  for (const [position, weight] of all) {
    sums.set(position, weight);
    plain[position] = weight;
  }
  return { sums, plain };
}

test('sums of weights know the sum of all after each write', () => {
  const property = fc.property(writes, (all) => {
    for (let count = 0; count <= all.length; count++) {
      const { sums, plain } = written(all.slice(0, count));
      expect(sums.total).toBe(plain.reduce((a, b) => a + b));
    }
  });
  fc.assert(property, { numRuns: 30 });
});

test('sums of weights find where the sum from the end reaches a number', () => {
  const property = fc.property(writes, fc.maxSafeNat(), (all, any) => {
    const { sums, plain } = written(all);
    fc.pre(sums.total > 0);
    for (const number of [1, 1 + (any % sums.total), sums.total]) {
      let rest = number;
      const expected = plain.findLastIndex((weight) => (rest -= weight) <= 0);
      expect(sums.at(number)).toBe(expected);
    }
  });
  fc.assert(property, { numRuns: 1000 });
});

test('sums of weights that were cleared begin anew', () => {
  const property = fc.property(writes, writes, (before, after) => {
    const { sums } = written(before);
    sums.clear();
    expect(sums.total).toBe(0);
    for (const [position, weight] of after) sums.set(position, weight);
    const { sums: expected } = written(after);
    expect(sums.total).toBe(expected.total);
    if (sums.total > 0) expect(sums.at(1)).toBe(expected.at(1));
  });
  fc.assert(property);
});
