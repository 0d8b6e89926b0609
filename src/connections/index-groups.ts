/**
 * The groups of the client index: their memory, and where in a group an entry's link is.
 *
 * A group is one cache line: four times three links, slot numbers plus 1, and a word behind each three. Three of
 * these words hold the tags of the twelve places, a byte each: 0 when the place is free, else seven bits of
 * the hash. The last word names the group in which further entries stand, if there are any. The tags of
 * all places are compared at once, without branches that a processor would have to guess. Which group a hash
 * belongs to, tells {@link GroupAddress}. Groups live in chunks, added one at a time.
 */
import { GroupAddress } from './group-address.js';

const GROUP_SHIFT = 4;
const GROUP_WORDS = 1 << GROUP_SHIFT;
/** The words of a group that hold tags; a byte of each belongs to the three links of the same quarter. */
const TAGS0 = 3;
const TAGS1 = 7;
const TAGS2 = 11;
/** The word of a group that names the next one; 0 = none. */
const NEXT_GROUP: number = GROUP_WORDS - 1;
/** Groups per chunk, as a power of two. */
const CHUNK_SHIFT = 12;
/** The bits of a group number that count within its chunk. */
const CHUNK_MASK: number = (1 << CHUNK_SHIFT) - 1;
const EACH_BYTE = 0x01010101;
/** The greatest tag in each byte. */
const TAG_BITS = 0x7f7f7f7f;
/** The bits of all places. */
const ALL_PLACES = 0x15151515;
/** Those of the places whose tags are in the first word. */
const BITS0 = 0x01010101;
/** The tag of free places. */
const FREE = 0;

/** Groups in chunks that grow. */
export class GroupMemory {
  /** The chunks. */
  readonly chunks: Int32Array[] = [];

  /** Bytes of all groups. */
  get bytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks) bytes += chunk.byteLength;
    return bytes;
  }

  /** The chunk that holds a group. */
  wordsOf(group: number): Int32Array {
    return this.chunks[group >>> CHUNK_SHIFT];
  }

  /** The place of a group's first word in its chunk. */
  baseOf(group: number): number {
    return (group & CHUNK_MASK) << GROUP_SHIFT;
  }

  /** Makes sure that there is memory for a group, the next one. */
  makeRoom(group: number): void {
    const chunk = group >>> CHUNK_SHIFT;
    const needed = ((group & CHUNK_MASK) + 1) << GROUP_SHIFT;
    const present = this.chunks[chunk];
    if (present === undefined) {
      const groups = chunk === 0 ? 2 : 1 << CHUNK_SHIFT;
      this.chunks.push(new Int32Array(groups << GROUP_SHIFT));
    } else if (present.length < needed) {
      const larger = new Int32Array(present.length * 2);
      larger.set(present);
      this.chunks[chunk] = larger;
    }
  }
}

/** The groups of all hashes, and the further ones that some of them need. */
export class IndexGroups {
  protected readonly memory: GroupMemory = new GroupMemory();
  protected readonly further: GroupMemory = new GroupMemory();
  protected readonly address: GroupAddress = new GroupAddress();
  /** The last word that was read ahead: kept, so that reading ahead is not left out as useless. */
  protected approached = 0;
  private furtherCount = 0;
  /** The first of the further groups that are free, plus 1; the others follow as next groups do. */
  private freeFurther = 0;

  constructor() {
    this.memory.makeRoom(this.address.count - 1);
  }

  /** Bytes of all groups. */
  get bytes(): number {
    return this.memory.bytes + this.further.bytes;
  }

  /**
   * Reads ahead what a look-up of a hash will read first, so that the wait for memory overlaps with other
   * work.
   */
  approach(hash: number): void {
    const group = this.address.of(hash);
    this.approached = this.memory.wordsOf(group)[this.memory.baseOf(group)];
  }

  /** The entry that a look-up of a hash will most likely find: slot number plus 1, or 0. */
  likely(hash: number): number {
    const group = this.address.of(hash);
    const words = this.memory.wordsOf(group);
    const base = this.memory.baseOf(group);
    const places = placesOf(words, base, tagOf(hash));
    return places === 0 ? 0 : words[linkAt(base, places)];
  }

  /** A further group, empty; its number plus 1. */
  protected takeFurther(): number {
    const link = this.freeFurther;
    if (link === 0) {
      this.further.makeRoom(this.furtherCount);
      return ++this.furtherCount;
    }
    const words = this.further.wordsOf(link - 1);
    const base = this.further.baseOf(link - 1);
    this.freeFurther = nextGroup(words, base);
    setNextGroup(words, base, 0);
    return link;
  }

  /** Takes back a further group that is empty. */
  protected releaseFurther(link: number): void {
    setNextGroup(this.further.wordsOf(link - 1), this.further.baseOf(link - 1), this.freeFurther);
    this.freeFurther = link;
  }
}

/** The tag of a hash: 1–127. */
export function tagOf(hash: number): number {
  return hash >>> 25 || 1;
}

/**
 * The places of a group that have a tag, as a set of bits; {@link linkAt} tells which the lowest one is. Bits are
 * looked at from the lowest on: this is the order of places.
 */
export function placesOf(words: Int32Array, base: number, tag: number): number {
  const tags = tag * EACH_BYTE;
  // No byte is above 127 before and after the comparison, so that the sum has the highest bit of each byte set
  // that differs, and nothing is carried from one byte to the next.
  const first = (words[base + TAGS0] ^ tags) + TAG_BITS;
  const second = (words[base + TAGS1] ^ tags) + TAG_BITS;
  const third = (words[base + TAGS2] ^ tags) + TAG_BITS;
  const others =
    ((first >>> 7) & BITS0) | ((second >>> 5) & (BITS0 << 2)) | ((third >>> 3) & (BITS0 << 4));
  return others ^ ALL_PLACES;
}

/** The places of a group that are free. */
export function freePlaces(words: Int32Array, base: number): number {
  return placesOf(words, base, FREE);
}

/** The places of a group that are taken. */
export function takenPlaces(words: Int32Array, base: number): number {
  return ALL_PLACES & ~freePlaces(words, base);
}

/** Where in its chunk the link of the first of some places is: each place has two bits, of which one is used. */
export function linkAt(base: number, places: number): number {
  return base + ((31 - Math.clz32(places & -places)) >>> 1);
}

/** Fills the first of some places, or empties it. */
export function setPlace(
  words: Int32Array,
  base: number,
  places: number,
  tag: number,
  link: number,
): void {
  const at = linkAt(base, places);
  const tags = base + TAGS0 + ((at & 3) << 2);
  const shift = (at & 12) << 1;
  words[tags] = (words[tags] & ~(0xff << shift)) | (tag << shift);
  words[at] = link;
}

/** Empties the first of some places. */
export function clearPlace(words: Int32Array, base: number, places: number): void {
  setPlace(words, base, places, FREE, 0);
}

/** Empties a group; none follows it any more. */
export function emptyGroup(words: Int32Array, base: number): void {
  words[base + TAGS0] = words[base + TAGS1] = words[base + TAGS2] = 0;
  words[base + NEXT_GROUP] = 0;
}

/** Whether a group has no entries. */
export function isEmptyGroup(words: Int32Array, base: number): boolean {
  return (words[base + TAGS0] | words[base + TAGS1] | words[base + TAGS2]) === 0;
}

/** The group in which further entries stand: its number plus 1, or 0. */
export function nextGroup(words: Int32Array, base: number): number {
  return words[base + NEXT_GROUP];
}

/** Names the group in which further entries stand. */
export function setNextGroup(words: Int32Array, base: number, link: number): void {
  words[base + NEXT_GROUP] = link;
}
