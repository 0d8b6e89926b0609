/**
 * The groups of the client index: their memory, and where in it a client's word is.
 *
 * A group is one cache line: fifteen words, each naming the newest entry of one client (slot number plus
 * 1, and six bits of the hash, the tag), and a sixteenth word for the entries that found no room. A
 * client's word stands at its home place in the group if that was free, so that most look-ups need one
 * comparison. Which group it is, tells {@link GroupAddress}. Groups live in chunks, added one at a time.
 */
import { GroupAddress } from './group-address.js';

/** Words per group, as a power of two. */
export const GROUP_SHIFT = 4;
const GROUP_WORDS = 1 << GROUP_SHIFT;
/** The place of the overflow chain in a group; before it are the words of fifteen clients. */
export const OVERFLOW: number = GROUP_WORDS - 1;
/** Groups per chunk, as a power of two. */
export const CHUNK_SHIFT = 12;
/** The bits of a group number that count within its chunk. */
export const CHUNK_MASK: number = (1 << CHUNK_SHIFT) - 1;
/** Bits of the hash in each word. */
export const TAG_BITS = 6;
/** Where they stand. */
export const TAG_MASK: number = (1 << TAG_BITS) - 1;
/** Where they stand in the hash. */
export const TAG_SHIFT: number = 32 - TAG_BITS;
/** What {@link IndexGroups.candidate} gives when there are no more: home, fifteen words, overflow are through. */
export const NO_CANDIDATE: number = GROUP_WORDS + 1;

/** Memory and addressing of the groups. */
export class IndexGroups {
  protected readonly chunks: Int32Array[] = [new Int32Array(2 << GROUP_SHIFT)];
  /** The last word that was read ahead: kept, so that reading ahead is not left out as useless. */
  protected approached = 0;
  protected readonly address: GroupAddress = new GroupAddress();

  /** Bytes of all groups. */
  get bytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks) bytes += chunk.byteLength;
    return bytes;
  }

  /** How many groups there are. */
  get groups(): number {
    return this.address.count;
  }

  /**
   * The next chain of entries that may have a hash.
   *
   * @param hash - The hash.
   * @param from - 0 at first; then one more than the last result.
   * @returns A number for {@link ClientIndex.headOf}, or {@link NO_CANDIDATE}.
   */
  candidate(hash: number, from: number): number {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const tag = hash >>> TAG_SHIFT;
    if (from === 0 && matches(words[base + homeOf(hash)], tag)) return 0;
    for (let place = from === 0 ? 0 : from - 1; place < OVERFLOW; place++) {
      if (matches(words[base + place], tag)) return place + 1;
    }
    return from <= GROUP_WORDS && words[base + OVERFLOW] !== 0 ? GROUP_WORDS : NO_CANDIDATE;
  }

  /** The newest entry of a candidate chain: slot number plus 1. */
  headOf(hash: number, candidate: number): number {
    const group = this.address.of(hash);
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const place = candidate === 0 ? homeOf(hash) : candidate - 1;
    const word = this.chunks[group >>> CHUNK_SHIFT][base + place];
    return place === OVERFLOW ? word : word >>> TAG_BITS;
  }

  /**
   * Reads ahead what a look-up of a hash will read first, so that the wait for memory overlaps with other
   * work.
   */
  approach(hash: number): void {
    const group = this.address.of(hash);
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    this.approached = this.chunks[group >>> CHUNK_SHIFT][base + homeOf(hash)];
  }

  /** The entry that a look-up of a hash will most likely find: slot number plus 1, or 0. */
  likely(hash: number): number {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const tag = hash >>> TAG_SHIFT;
    let place = base + homeOf(hash);
    if (!matches(words[place], tag)) {
      place = base;
      while (place < base + OVERFLOW && !matches(words[place], tag)) place++;
    }
    return place === base + OVERFLOW ? words[place] : words[place] >>> TAG_BITS;
  }

  /** Makes sure that there is memory for a group, the next one. */
  protected makeRoom(group: number): void {
    const chunk = group >>> CHUNK_SHIFT;
    const needed = ((group & CHUNK_MASK) + 1) << GROUP_SHIFT;
    const present = this.chunks[chunk];
    if (present === undefined) {
      this.chunks.push(new Int32Array(GROUP_WORDS << CHUNK_SHIFT));
    } else if (present.length < needed) {
      const larger = new Int32Array(present.length * 2);
      larger.set(present);
      this.chunks[chunk] = larger;
    }
  }
}

/** Whether a word is that of a client with a tag. */
export function matches(word: number, tag: number): boolean {
  return (word & TAG_MASK) === tag && word !== 0;
}

/** Where in its group a client's word stands if the place is free: 0–14. */
export function homeOf(hash: number): number {
  return (((Math.imul(hash, 0x85ebca6b) >>> 16) & 0xff) * OVERFLOW) >>> 8;
}

/** The first free place of a group from a home on, or that of the overflow chain. */
export function freePlace(words: Int32Array, base: number, home: number): number {
  if (words[base + home] === 0) return base + home;
  let place = base;
  while (place < base + OVERFLOW && words[place] !== 0) place++;
  return place;
}
