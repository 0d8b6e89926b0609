/** Client keys as addresses, against the same hash in numbers without a limit. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyAddress } from '../../src/services/key-as-address.js';

const WORD = 2n ** 32n;

/** The fractional part of a square root, as 32 bits, made odd. */
function fractionOfRoot(number: number): bigint {
  return BigInt(Math.floor((Math.sqrt(number) % 1) * 2 ** 32)) | 1n;
}

/** The hash of a key under one multiplier, as the module comment of the source states it. */
function hash(key: string, multiplier: bigint): bigint {
  let state = multiplier ^ BigInt(key.length);
  for (let index = 0; index < key.length; index++) {
    state = ((state ^ BigInt(key.charCodeAt(index))) * multiplier) % WORD;
    state = ((state * 2n ** 13n) % WORD) | (state / 2n ** 19n);
  }
  state = ((state ^ (state / 2n ** 16n)) * 0x85ebca6bn) % WORD;
  state = ((state ^ (state / 2n ** 13n)) * 0xc2b2ae35n) % WORD;
  return state ^ (state / 2n ** 16n);
}

test('a key stands for the address ff00::/8 and 120 bits of four hashes over its code units', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 1 }), (codeUnits) => {
      const key = String.fromCharCode(...codeUnits);
      const { family, word0, word1, word2, word3 } = keyAddress(key);
      const [first, second, third, fourth] = [2, 3, 5, 7].map((each) =>
        hash(key, fractionOfRoot(each)),
      );
      expect(family).toBe(6);
      expect([word0, word1, word2, word3].map((word) => BigInt(word >>> 0))).toEqual([
        first | 0xff000000n,
        second,
        third,
        fourth,
      ]);
    }),
  );
});

test('keys that differ in one letter, or in their length, stand for different addresses', () => {
  const keys = ['a', 'b', 'aa', 'ab', 'ba', 'a\0', '\0', '\0\0'];
  expect(new Set(keys.map((key) => keyAddress(key).toString())).size).toBe(keys.length);
});
