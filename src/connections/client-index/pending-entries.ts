/**
 * A queue of index insertions or removals. The cache misses of a full queue overlap, so they cost little more than
 * those of one entry.
 */

/** The capacity of the queue. */
const CAPACITY = 16;

/** Entries that are yet to be inserted, or removed. */
export class PendingEntries {
  readonly slots: Int32Array = new Int32Array(CAPACITY);
  /** The buckets of their clients, which do not change while the queue is in use. */
  readonly buckets: Int32Array = new Int32Array(CAPACITY);
  /** The fingerprints of their clients. */
  readonly fingerprints: Int32Array = new Int32Array(CAPACITY);
  /** How many there are. */
  count = 0;

  /** Appends an entry to a queue that is not full. Returns whether it is full now. */
  add(slot: number, bucket: number, fingerprint: number): boolean {
    this.slots[this.count] = slot;
    this.buckets[this.count] = bucket;
    this.fingerprints[this.count] = fingerprint;
    this.count += 1;
    return this.count === CAPACITY;
  }

  /** Whether an entry is in the queue. */
  has(slot: number): boolean {
    for (let i = 0; i < this.count; i++) if (this.slots[i] === slot) return true;
    return false;
  }
}
