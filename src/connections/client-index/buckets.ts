/**
 * The buckets of the client index.
 *
 * {@link BucketAddress} maps a hash to its bucket. A bucket is one cache line with seven slots; a slot has the
 * fingerprint of a client and the reference of an entry, or 0 and 0 when it is free; see {@link ClientHash} and
 * {@link References}. The last two words hold the number of the overflow bucket, if any, and the bitmap of used
 * slots. All fingerprints of a bucket are compared at once, without branches that a processor has to predict.
 *
 * Sets of slots are bitmaps whose highest bit is the first slot. A bucket is identified by its chunk and the index
 * of its first word there. The small rules are methods, not functions: V8 checks before each call of a function that
 * it is still the same one.
 */
import { BucketAddress } from './bucket-address.js';
import { BucketMemory } from './bucket-memory.js';
import type { Half } from './split-entries.js';

/** Slots per bucket. */
export const SLOTS = 7;
/** The first word of the references; the fingerprints come before. */
const REFERENCES = SLOTS;
/** The word with the number of the overflow bucket plus 1; 0 = none. */
const OVERFLOW: number = REFERENCES + SLOTS;
/** The word with the bitmap of used slots. */
const USED: number = OVERFLOW + 1;
/** The bit of the first slot. */
const FIRST_SLOT = 0x80000000;
/** How many buckets {@link Buckets.prefetchRow} takes. */
export const MOST_IN_A_ROW = 16;
/** The bits of all slots. */
const ALL_SLOTS: number = -1 << (32 - SLOTS);

/** The buckets of all hashes, and the overflow buckets that some of them need. */
export class Buckets {
  /** The buckets of hashes. */
  readonly memory: BucketMemory = new BucketMemory();
  /** The overflow buckets. */
  readonly overflow: BucketMemory = new BucketMemory();
  /** The bucket of each hash. */
  readonly address: BucketAddress = new BucketAddress();
  /** The last word that was prefetched: stored, so that the engine does not remove the reads. */
  protected prefetched = 0;
  private readonly following = new Int32Array(MOST_IN_A_ROW);
  private overflowCount = 0;
  /** The first free overflow bucket plus 1; the others follow as overflow buckets do. */
  private freeOverflow = 0;

  constructor() {
    this.memory.makeRoom(this.address.count - 1);
  }

  /** Bytes of all buckets. */
  get bytes(): number {
    return this.memory.bytes + this.overflow.bytes;
  }

  /** The slots with a fingerprint; free slots have 0, and are among those of 0. */
  slotsOf(words: Int32Array, base: number, fingerprint: number): number {
    // Numbers instead of branches. Few bytecodes, because the engine limits what it inlines into a caller.
    let slots = +(words[base] === fingerprint);
    slots = slots * 2 + +(words[base + 1] === fingerprint);
    slots = slots * 2 + +(words[base + 2] === fingerprint);
    slots = slots * 2 + +(words[base + 3] === fingerprint);
    slots = slots * 2 + +(words[base + 4] === fingerprint);
    slots = slots * 2 + +(words[base + 5] === fingerprint);
    slots = slots * 2 + +(words[base + 6] === fingerprint);
    return slots << 25;
  }

  /** The free slots. */
  freeSlots(words: Int32Array, base: number): number {
    return ALL_SLOTS & ~words[base + USED];
  }

  /** The used slots. */
  usedSlots(words: Int32Array, base: number): number {
    return words[base + USED];
  }

  /** A set of slots without its first one. */
  slotsAfter(slots: number): number {
    return slots & (0x7fffffff >>> Math.clz32(slots));
  }

  /** The index of the reference of the first slot of a set. */
  referenceAt(base: number, slots: number): number {
    return base + REFERENCES + Math.clz32(slots);
  }

  /** The fingerprint of the first slot of a set. */
  fingerprintAt(words: Int32Array, base: number, slots: number): number {
    return words[base + Math.clz32(slots)];
  }

  /** Fills the first slot of a set of free slots. */
  fillSlot(
    words: Int32Array,
    base: number,
    slots: number,
    fingerprint: number,
    reference: number,
  ): void {
    const slot = Math.clz32(slots);
    words[base + slot] = fingerprint;
    words[base + REFERENCES + slot] = reference;
    words[base + USED] |= FIRST_SLOT >>> slot;
  }

  /** Frees the first slot of a set. */
  clearSlot(words: Int32Array, base: number, slots: number): void {
    const slot = Math.clz32(slots);
    words[base + slot] = 0;
    words[base + REFERENCES + slot] = 0;
    words[base + USED] &= ~(FIRST_SLOT >>> slot);
  }

  /** Stores entries in a bucket, in their order, in place of what it had; it must have no overflow bucket any more. */
  refill(bucket: number, entries: Half): void {
    const words = this.memory.wordsOf(bucket);
    const base = this.memory.baseOf(bucket);
    this.fill(words, base, entries, 0);
    if (entries.count > SLOTS) this.refillOverflow(words, base, entries);
  }

  /** Stores the entries that did not fit into the first line, whose words these are. */
  private refillOverflow(words: Int32Array, base: number, entries: Half): void {
    let last = 0;
    for (let first = SLOTS; first < entries.count; first += SLOTS) {
      const added = this.takeOverflow();
      // The last one is read again, since it may have moved to make room.
      if (last === 0) this.setOverflow(words, base, added);
      else this.setOverflow(this.overflow.wordsOf(last - 1), this.overflow.baseOf(last - 1), added);
      this.fill(this.overflow.wordsOf(added - 1), this.overflow.baseOf(added - 1), entries, first);
      last = added;
    }
  }

  /** Fills the slots of a bucket with the entries from one on, and frees those for which there are none. */
  private fill(words: Int32Array, base: number, entries: Half, first: number): void {
    const { references, fingerprints, count } = entries;
    for (let slot = 0; slot < SLOTS; slot++) {
      // All bits while there are entries, else none: how many there are is unpredictable.
      const mask = (first + slot - count) >> 31;
      words[base + slot] = fingerprints[first + slot] & mask;
      words[base + REFERENCES + slot] = references[first + slot] & mask;
    }
    words[base + OVERFLOW] = 0;
    words[base + USED] = ALL_SLOTS & ~(-1 >>> Math.min(count - first, SLOTS));
  }

  /** Frees all slots of a bucket, and sets its overflow bucket: number plus 1, or 0. */
  private empty(words: Int32Array, base: number, overflow: number): void {
    words.fill(0, base, base + OVERFLOW);
    words[base + OVERFLOW] = overflow;
    words[base + USED] = 0;
  }

  /** The number of the overflow bucket plus 1, or 0. */
  overflowOf(words: Int32Array, base: number): number {
    return words[base + OVERFLOW];
  }

  /** Sets the overflow bucket: its number plus 1, or 0. */
  setOverflow(words: Int32Array, base: number, overflow: number): void {
    words[base + OVERFLOW] = overflow;
  }

  /** An empty overflow bucket: its number plus 1. */
  takeOverflow(): number {
    const taken = this.freeOverflow;
    if (taken === 0) {
      this.overflow.makeRoom(this.overflowCount);
      return ++this.overflowCount;
    }
    const words = this.overflow.wordsOf(taken - 1);
    const base = this.overflow.baseOf(taken - 1);
    this.freeOverflow = this.overflowOf(words, base);
    this.setOverflow(words, base, 0);
    return taken;
  }

  /** Takes back an overflow bucket, given by its number plus 1, and what is in it. */
  releaseOverflow(released: number): void {
    const words = this.overflow.wordsOf(released - 1);
    this.empty(words, this.overflow.baseOf(released - 1), this.freeOverflow);
    this.freeOverflow = released;
  }

  /**
   * Prefetches some buckets, so that their cache misses overlap. The loop does nothing else: the fewer instructions
   * it has, the more misses are under way at a time.
   */
  prefetch(buckets: Int32Array, count: number): void {
    const { memory } = this;
    let read = 0;
    for (let i = 0; i < count; i++) {
      const words = memory.wordsOf(buckets[i]);
      const base = memory.baseOf(buckets[i]);
      // A bucket may cross a cache line where allocations start elsewhere: both ends are read.
      read ^= words[base] ^ this.usedSlots(words, base);
    }
    this.prefetched = read;
  }

  /** Prefetches {@link MOST_IN_A_ROW} buckets from one on, and the first overflow bucket of each. */
  prefetchRow(first: number): void {
    const { memory, overflow, following } = this;
    for (let i = 0; i < MOST_IN_A_ROW; i++) {
      following[i] = memory.wordsOf(first + i)[memory.baseOf(first + i) + OVERFLOW];
    }
    let read = 0;
    for (let i = 0; i < MOST_IN_A_ROW; i++) {
      if (following[i] === 0) continue;
      const base = overflow.baseOf(following[i] - 1);
      read ^= overflow.wordsOf(following[i] - 1)[base];
    }
    this.prefetched = read;
  }
}
