import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Buckets } from '../../../src/connections/client-index/buckets.js';

const SLOTS = 7;
const BASE = 16;
const FREE = null;
const buckets = new Buckets();
const fingerprints = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom(-1, 1 << 31, -2));
const contents = fc.array(fc.option(fingerprints, { nil: FREE }), {
  minLength: SLOTS,
  maxLength: SLOTS,
});

/** The words of a bucket, between two others, with these fingerprints in order; references are their ordinals. */
function bucketWith(wanted: readonly (number | null)[]): Int32Array {
  const words = new Int32Array(3 * BASE).fill(-1);
  words.fill(0, BASE, 2 * BASE);
  wanted.forEach((fingerprint, i) => {
    buckets.fillSlot(words, BASE, buckets.freeSlots(words, BASE), fingerprint ?? 5, i + 1);
  });
  for (const reference of referencesOf(words, buckets.slotsOf(words, BASE, 5))) {
    buckets.clearSlot(words, BASE, 0x80000000 >>> (reference - 1));
  }
  return words;
}

function ordinals(wanted: (i: number) => boolean): number[] {
  return Array.from({ length: SLOTS }, (_, i) => i + 1).filter((i) => wanted(i - 1));
}

function referencesOf(words: Int32Array, some: number): number[] {
  const references: number[] = [];
  for (let rest = some; rest !== 0; rest = buckets.slotsAfter(rest)) {
    references.push(words[buckets.referenceAt(BASE, rest)]);
  }
  return references;
}

describe('the slots of a bucket', () => {
  it('are found by fingerprint, in order, whatever the others hold', () => {
    fc.assert(
      fc.property(contents, fingerprints, (wanted, fingerprint) => {
        const words = bucketWith(wanted);
        const found = buckets.slotsOf(words, BASE, fingerprint);
        expect(referencesOf(words, found)).toEqual(ordinals((i) => wanted[i] === fingerprint));
      }),
    );
  });

  it('are either used or free, and neighboring buckets stay as they are', () => {
    fc.assert(
      fc.property(contents, (wanted) => {
        const words = bucketWith(wanted);
        const used = buckets.usedSlots(words, BASE);
        expect(referencesOf(words, used)).toEqual(ordinals((i) => wanted[i] !== FREE));
        expect(used & buckets.freeSlots(words, BASE)).toBe(0);
        expect(
          referencesOf(words, buckets.freeSlots(words, BASE)).every((reference) => reference === 0),
        ).toBe(true);
        expect(words.filter((word, at) => at >> 4 !== 1 && word === -1).length).toBe(2 * BASE);
      }),
    );
  });

  it('are, in a bucket that is closed, the first ones that were stored; all others are free', () => {
    fc.assert(
      fc.property(contents, fc.integer({ min: 0, max: SLOTS }), (wanted, filled) => {
        const words = bucketWith(wanted);
        for (let slot = 0; slot < filled; slot++) buckets.store(words, BASE, slot, 4, 100 + slot);
        buckets.close(words, BASE, filled, 9);
        const stored = Array.from({ length: filled }, (_, slot) => 100 + slot);
        expect(referencesOf(words, buckets.usedSlots(words, BASE))).toEqual(stored);
        expect(referencesOf(words, buckets.slotsOf(words, BASE, 4))).toEqual(stored);
        expect(
          referencesOf(words, buckets.freeSlots(words, BASE)).every((reference) => reference === 0),
        ).toBe(true);
        expect(buckets.overflowOf(words, BASE)).toBe(9);
      }),
    );
  });
});
