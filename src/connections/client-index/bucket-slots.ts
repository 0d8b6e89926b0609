/**
 * What stands where in a group of the client index.
 *
 * A group is one cache line with seven places. A place has the fingerprint of a client and the link of an entry,
 * or 0 and 0 when it is free; see {@link ClientHash} and {@link EntryLinks}. Behind them stand which places are
 * taken, and the group in which further entries stand, if there are any. All places are compared at once,
 * without branches that a processor would have to guess.
 */

/** Words per group, as a power of two. */
export const GROUP_SHIFT = 4;
/** Places per group. */
const PLACES = 7;
/** Where in a group the links begin; the fingerprints come first. */
const LINKS = PLACES;
/** The word of a group that names the next one; 0 = none. */
const NEXT_GROUP: number = LINKS + PLACES;
/** The word of a group that has the bits of the taken places. */
const TAKEN: number = NEXT_GROUP + 1;
/** The bit of the first place is the highest one of a word. */
const FIRST_PLACE = 0x80000000;
/** The bits of all places. */
const ALL_PLACES: number = -1 << (32 - PLACES);

/**
 * Reads and writes groups, told by their chunk and their first word there. Methods, because V8 checks before it
 * calls a function whether it is still the same, and knows that of a method.
 */
export class GroupPlaces {
  /** The places of a group that have a fingerprint, as a set of bits; a free one has 0, and is among those of 0. */
  placesOf(words: Int32Array, base: number, fingerprint: number): number {
    // Numbers instead of branches; and few bytecodes, for the engine puts no more than some into their caller.
    let places = +(words[base] === fingerprint);
    places = places * 2 + +(words[base + 1] === fingerprint);
    places = places * 2 + +(words[base + 2] === fingerprint);
    places = places * 2 + +(words[base + 3] === fingerprint);
    places = places * 2 + +(words[base + 4] === fingerprint);
    places = places * 2 + +(words[base + 5] === fingerprint);
    places = places * 2 + +(words[base + 6] === fingerprint);
    return places << 25;
  }

  /** The places of a group that are free. */
  freePlaces(words: Int32Array, base: number): number {
    return ALL_PLACES & ~words[base + TAKEN];
  }

  /** The places of a group that are taken. */
  takenPlaces(words: Int32Array, base: number): number {
    return words[base + TAKEN];
  }

  /** The places behind the first one of some. */
  placesBehind(places: number): number {
    return places & (0x7fffffff >>> Math.clz32(places));
  }

  /** Where in its chunk the link of the first one of some places is. */
  linkAt(base: number, places: number): number {
    return base + LINKS + Math.clz32(places);
  }

  /** The fingerprint of the first one of some places. */
  fingerprintAt(words: Int32Array, base: number, places: number): number {
    return words[base + Math.clz32(places)];
  }

  /** Fills the first one of some places, which are free. */
  fillPlace(
    words: Int32Array,
    base: number,
    places: number,
    fingerprint: number,
    link: number,
  ): void {
    const place = Math.clz32(places);
    words[base + place] = fingerprint;
    words[base + LINKS + place] = link;
    words[base + TAKEN] |= FIRST_PLACE >>> place;
  }

  /** Empties the first one of some places. */
  clearPlace(words: Int32Array, base: number, places: number): void {
    const place = Math.clz32(places);
    words[base + place] = 0;
    words[base + LINKS + place] = 0;
    words[base + TAKEN] &= ~(FIRST_PLACE >>> place);
  }

  /** Empties a group; none follows it any more. */
  emptyGroup(words: Int32Array, base: number): void {
    words.fill(0, base, base + TAKEN + 1);
  }

  /** The group in which further entries stand: its number plus 1, or 0. */
  nextGroup(words: Int32Array, base: number): number {
    return words[base + NEXT_GROUP];
  }

  /** Names the group in which further entries stand. */
  setNextGroup(words: Int32Array, base: number, link: number): void {
    words[base + NEXT_GROUP] = link;
  }
}
