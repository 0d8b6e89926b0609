import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clearPlace,
  freePlaces,
  linkAt,
  placesOf,
  setPlace,
  tagOf,
  takenPlaces,
} from '../../src/connections/index-groups.js';

const PLACES = 12;
const BASE = 16;
const tags = fc.integer({ min: 1, max: 127 });
const groups = fc.array(fc.option(tags, { nil: 0 }), { minLength: PLACES, maxLength: PLACES });

/** The words of a group, between two others, whose places have these tags, in order; links are their ordinals. */
function groupWith(wanted: readonly number[]): Int32Array {
  const words = new Int32Array(3 * BASE).fill(-1);
  words.fill(0, BASE, 2 * BASE);
  wanted.forEach((_, i) => setPlace(words, BASE, freePlaces(words, BASE), 1, i + 1));
  let places = placesOf(words, BASE, 1);
  for (const tag of wanted) {
    if (tag === 0) clearPlace(words, BASE, places);
    else setPlace(words, BASE, places, tag, words[linkAt(BASE, places)]);
    places &= places - 1;
  }
  return words;
}

function ordinals(count: number, wanted: (i: number) => boolean): number[] {
  return Array.from({ length: count }, (_, i) => i + 1).filter((i) => wanted(i - 1));
}

function linksOf(words: Int32Array, places: number): number[] {
  const links: number[] = [];
  for (let rest = places; rest !== 0; rest &= rest - 1) links.push(words[linkAt(BASE, rest)]);
  return links;
}

describe('the places of a group', () => {
  it('are found by tag, in order, whatever the others hold', () => {
    fc.assert(
      fc.property(groups, tags, (wanted, tag) => {
        const words = groupWith(wanted);
        const expected = ordinals(PLACES, (i) => wanted[i] === tag);
        expect(linksOf(words, placesOf(words, BASE, tag))).toEqual(expected);
      }),
    );
  });

  it('are either taken or free, and neighbouring groups stay as they are', () => {
    fc.assert(
      fc.property(groups, (wanted) => {
        const words = groupWith(wanted);
        const taken = takenPlaces(words, BASE);
        expect(linksOf(words, taken)).toEqual(ordinals(PLACES, (i) => wanted[i] !== 0));
        expect(taken & freePlaces(words, BASE)).toBe(0);
        expect(words.filter((word) => word === -1).length).toBe(2 * BASE);
      }),
    );
  });
});

it('tags are 1 to 127 for any hash', () => {
  fc.assert(
    fc.property(fc.integer(), (hash) => {
      expect(tagOf(hash)).toBeGreaterThanOrEqual(1);
      expect(tagOf(hash)).toBeLessThanOrEqual(127);
    }),
  );
});
