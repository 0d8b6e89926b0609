/**
 * The bucket of a hash, while the number of buckets grows by one at a time.
 *
 * Linear hashing: with a base B (a power of two) and B to 2B buckets, bucket p and, once p was split, bucket
 * B + p hold the hashes that end in p. One step of growth splits one bucket in two.
 * Source: Litwin, "Linear hashing: a new tool for file and table addressing", VLDB 1980.
 */

/** The growing address space of the buckets. */
export class BucketAddress {
  /** How many buckets there are. */
  count = 2;
  /** One less than the base, and than its double: the bits of a hash that count before and after a split. */
  private low = 1;
  private high = 3;

  /**
   * The bucket of a hash. Branchless: the comparison is unpredictable.
   *
   * @param hash - 32 bits.
   * @returns 0 to {@link BucketAddress.count} − 1.
   */
  of(hash: number): number {
    const bucket = hash & this.high;
    // All bits if that bucket exists already, else none: then the one it will be split from.
    return bucket & (((bucket - this.count) >> 31) | this.low);
  }

  /** The bucket that gives about half of its entries to the next new one. */
  get splitting(): number {
    return this.count - this.low - 1;
  }

  /** Adds one bucket. The entries of the {@link BucketAddress.splitting} one then have to be placed again. */
  grow(): void {
    this.count++;
    if (this.count <= this.high) return;
    this.low = this.high;
    this.high = 2 * this.high + 1;
  }
}
