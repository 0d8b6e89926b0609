import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupPlaces } from '../../../src/connections/client-index/bucket-slots.js';

const PLACES = 7;
const BASE = 16;
const FREE = null;
const places = new GroupPlaces();
const fingerprints = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom(-1, 1 << 31, -2));
const groups = fc.array(fc.option(fingerprints, { nil: FREE }), {
  minLength: PLACES,
  maxLength: PLACES,
});

/** The words of a group, between two others, with these fingerprints in order; links are their ordinals. */
function groupWith(wanted: readonly (number | null)[]): Int32Array {
  const words = new Int32Array(3 * BASE).fill(-1);
  words.fill(0, BASE, 2 * BASE);
  wanted.forEach((fingerprint, i) => {
    places.fillPlace(words, BASE, places.freePlaces(words, BASE), fingerprint ?? 5, i + 1);
  });
  for (const link of linksOf(words, places.placesOf(words, BASE, 5))) {
    places.clearPlace(words, BASE, 0x80000000 >>> (link - 1));
  }
  return words;
}

function ordinals(wanted: (i: number) => boolean): number[] {
  return Array.from({ length: PLACES }, (_, i) => i + 1).filter((i) => wanted(i - 1));
}

function linksOf(words: Int32Array, some: number): number[] {
  const links: number[] = [];
  for (let rest = some; rest !== 0; rest = places.placesBehind(rest)) {
    links.push(words[places.linkAt(BASE, rest)]);
  }
  return links;
}

describe('the places of a group', () => {
  it('are found by fingerprint, in order, whatever the others hold', () => {
    fc.assert(
      fc.property(groups, fingerprints, (wanted, fingerprint) => {
        const words = groupWith(wanted);
        const found = places.placesOf(words, BASE, fingerprint);
        expect(linksOf(words, found)).toEqual(ordinals((i) => wanted[i] === fingerprint));
      }),
    );
  });

  it('are either taken or free, and neighbouring groups stay as they are', () => {
    fc.assert(
      fc.property(groups, (wanted) => {
        const words = groupWith(wanted);
        const taken = places.takenPlaces(words, BASE);
        expect(linksOf(words, taken)).toEqual(ordinals((i) => wanted[i] !== FREE));
        expect(taken & places.freePlaces(words, BASE)).toBe(0);
        expect(linksOf(words, places.freePlaces(words, BASE)).every((link) => link === 0)).toBe(
          true,
        );
        expect(words.filter((word, at) => at >> 4 !== 1 && word === -1).length).toBe(2 * BASE);
      }),
    );
  });

  it('are all free in a group that was emptied, and none follows it', () => {
    fc.assert(
      fc.property(groups, (wanted) => {
        const words = groupWith(wanted);
        places.setNextGroup(words, BASE, 9);
        expect(places.nextGroup(words, BASE)).toBe(9);
        places.emptyGroup(words, BASE);
        expect(places.takenPlaces(words, BASE)).toBe(0);
        expect(places.nextGroup(words, BASE)).toBe(0);
      }),
    );
  });
});
