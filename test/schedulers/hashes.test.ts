import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplicativeHash } from '../../src/schedulers/multiplicative-hash.js';
import { sipHashBelow } from '../../src/schedulers/siphash.js';
import { hash32 } from '../support/reference/address.js';
import { sipHash13 } from '../support/reference/maglev.js';

const KEY_1 = 2654435761;
const KEY_2 = 2654446892;

test.each([
  [0, 2495, 860],
  [1, 979, 1822],
  [0x0a000001, 3711, 966],
  [0x0a000051, 3167, 700],
  [0xffffffff, 3432, 1370],
])('SipHash-1-3 of %d gives slot %d and skip %d', (value, slot, skip) => {
  expect(sipHashBelow(value, KEY_1, 4093)).toBe(slot);
  expect(sipHashBelow(value, KEY_2, 4092) + 1).toBe(skip);
});

test('SipHash-1-3 is computed as 64-bit arithmetic says, of a signed value as of its bits', () => {
  const property = fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (value, key) => {
    const expected = sipHash13(value, BigInt(key)) % 65_521;
    expect(sipHashBelow(value, key, 65_521)).toBe(expected);
    expect(sipHashBelow(value | 0, key, 65_521)).toBe(expected);
  });
  fc.assert(property, { numRuns: 500 });
});

test('the multiplicative hash is the upper bits of a product', () => {
  const property = fc.property(
    fc.nat(0xffffffff),
    fc.integer({ min: 1, max: 32 }),
    (value, bits) => {
      expect(multiplicativeHash(value, bits)).toBe(hash32(value, bits));
    },
  );
  fc.assert(property, { numRuns: 500 });
});
