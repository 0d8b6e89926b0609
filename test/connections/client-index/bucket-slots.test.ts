import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Buckets } from '../../../src/connections/client-index/buckets.js';
import { SplitEntries } from '../../../src/connections/client-index/split-entries.js';

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

function referencesOf(words: Int32Array, some: number, base = BASE): number[] {
  const references: number[] = [];
  for (let rest = some; rest !== 0; rest = buckets.slotsAfter(rest)) {
    references.push(words[buckets.referenceAt(base, rest)]);
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

  it('are, in a bucket that is filled again, the new entries in their order; all others are free', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 1 }), (fillings, bucket) => {
        const own = new Buckets();
        for (const count of fillings) {
          const split = new SplitEntries();
          for (let i = 1; i <= count; i++) split.add(100 + i, i, 1);
          own.refill(bucket, split.moving);
          const stored = linesOf(own, bucket).flatMap(([words, base]) => {
            const free = referencesOf(words, own.freeSlots(words, base), base);
            expect(free.every((reference) => reference === 0)).toBe(true);
            return referencesOf(words, own.usedSlots(words, base), base);
          });
          expect(stored).toEqual(Array.from({ length: count }, (_, i) => 101 + i));
          expect(linesOf(own, 1 - bucket)).toHaveLength(1);
          // As a split does: what follows the first line is free before it is filled again.
          for (const overflow of overflowsOf(own, bucket)) own.releaseOverflow(overflow);
        }
      }),
    );
  });
});

/** The chunk and the first word of a bucket and of its overflow buckets. */
function linesOf(own: Buckets, bucket: number): [Int32Array, number][] {
  const overflows = overflowsOf(own, bucket);
  const lines = overflows.map((overflow): [Int32Array, number] => [
    own.overflow.wordsOf(overflow - 1),
    own.overflow.baseOf(overflow - 1),
  ]);
  return [[own.memory.wordsOf(bucket), own.memory.baseOf(bucket)], ...lines];
}

function overflowsOf(own: Buckets, bucket: number): number[] {
  const found: number[] = [];
  let overflow = own.overflowOf(own.memory.wordsOf(bucket), own.memory.baseOf(bucket));
  while (overflow !== 0) {
    found.push(overflow);
    overflow = own.overflowOf(
      own.overflow.wordsOf(overflow - 1),
      own.overflow.baseOf(overflow - 1),
    );
  }
  return found;
}
