/**
 * A walk through the buckets of one client: the bucket of its hash, and the overflow buckets after it.
 */
import type { BucketMemory } from './bucket-memory.js';
import type { Buckets } from './buckets.js';
import { slotOf } from './references.js';

const NONE = -1;

/** A position in the buckets. */
export class BucketWalk {
  /** The chunk of the current bucket. */
  words: Int32Array;
  /** The index of its first word. */
  base = 0;
  /** The client's fingerprint. */
  fingerprint = 0;
  /** The slots of the current bucket with this fingerprint that were not visited. */
  slots = 0;
  private readonly buckets: Buckets;

  /** @param buckets - The buckets. */
  constructor(buckets: Buckets) {
    this.buckets = buckets;
    this.words = buckets.memory.wordsOf(0);
  }

  /** The next candidate entry of the client, or −1; the index must not change during a walk. */
  next(): number {
    const { buckets } = this;
    for (;;) {
      while (this.slots === 0) if (!this.toOverflow()) return NONE;
      const slot = slotOf(this.words[buckets.referenceAt(this.base, this.slots)]);
      this.slots = buckets.slotsAfter(this.slots);
      // A fingerprint of 0 is also that of free slots.
      if (slot !== NONE) return slot;
    }
  }

  /** Starts at a bucket, in search of a fingerprint. */
  start(bucket: number, fingerprint: number): void {
    this.fingerprint = fingerprint;
    this.enter(this.buckets.memory, bucket);
  }

  /** Moves to the overflow bucket of the current one, if there is one. */
  toOverflow(): boolean {
    const overflow = this.buckets.overflowOf(this.words, this.base);
    if (overflow !== 0) this.moveTo(overflow);
    return overflow !== 0;
  }

  /** Moves to an overflow bucket, given by its number plus 1. */
  moveTo(overflow: number): void {
    this.enter(this.buckets.overflow, overflow - 1);
  }

  private enter(memory: BucketMemory, bucket: number): void {
    this.words = memory.wordsOf(bucket);
    this.base = memory.baseOf(bucket);
    this.slots = this.buckets.slotsOf(this.words, this.base, this.fingerprint);
  }
}
