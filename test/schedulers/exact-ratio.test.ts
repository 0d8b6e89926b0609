import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crossDifference, mayRoundToEqual } from '../../src/schedulers/exact-ratio.js';

const MAX = 2 ** 31 - 1;
const costs = fc.oneof(fc.integer(), fc.constantFrom(-(2 ** 31), -1, 0, 1, 65_535, 65_536, MAX));
const weights = fc.oneof(fc.nat(MAX), fc.constantFrom(0, 1, 65_535, 65_536, MAX - 1, MAX));

test('the sign of a cross difference is exact', () => {
  const property = fc.property(costs, weights, costs, weights, (a, w, b, v) => {
    const exact = BigInt(a) * BigInt(w) - BigInt(b) * BigInt(v);
    const sign = exact > 0n ? 1 : exact < 0n ? -1 : 0;
    expect(Math.sign(crossDifference(a, w, b, v)) + 0).toBe(sign);
  });
  fc.assert(property, { numRuns: 3000 });
});

test('the sign of a cross difference is exact where products differ by one or not at all', () => {
  const property = fc.property(fc.integer({ min: 2, max: MAX }), (n) => {
    expect(Math.sign(crossDifference(n - 1, n - 1, n, n - 2))).toBe(1);
    expect(crossDifference(n, n - 1, n - 1, n) + 0).toBe(0);
  });
  fc.assert(property, { numRuns: 1000 });
});

test('fractions may round to equal ones from 2^26 on, and when a cost is negative', () => {
  expect([0, 1, 2 ** 26 - 1].map(mayRoundToEqual)).toEqual([false, false, false]);
  expect([2 ** 26, MAX, -1].map(mayRoundToEqual)).toEqual([true, true, true]);
});
