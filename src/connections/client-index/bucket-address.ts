/**
 * Which index group a hash belongs to while the number of groups grows by one at a time.
 *
 * Linear hashing: with a base B (a power of two) and B to 2B groups, group p and, once p was split, group
 * B + p hold the hashes that end in p. One step of growth splits one group in two.
 * Source: Litwin, "Linear hashing: a new tool for file and table addressing", VLDB 1980.
 */

/** The growing address space of the groups. */
export class GroupAddress {
  /** How many groups there are. */
  count = 2;
  /** One less than the base, and than its double: the bits of a hash that count before and after a split. */
  private low = 1;
  private high = 3;

  /**
   * The group of a hash. Written without branches that a processor would have to guess.
   *
   * @param hash - 32 bits.
   * @returns 0 to {@link GroupAddress.count} − 1.
   */
  of(hash: number): number {
    const group = hash & this.high;
    // All bits when that group exists already, else none: then the one it will be split from.
    return group & (((group - this.count) >> 31) | this.low);
  }

  /** The group that gives about half of its entries to the next new one. */
  get splitting(): number {
    return this.count - this.low - 1;
  }

  /** Adds one group; the entries of the {@link GroupAddress.splitting} one have to be placed anew. */
  grow(): void {
    this.count++;
    if (this.count <= this.high) return;
    this.low = this.high;
    this.high = 2 * this.high + 1;
  }
}
