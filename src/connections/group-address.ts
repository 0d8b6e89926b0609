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
  private base = 2;

  /**
   * The group of a hash. Written without branches that a processor would have to guess.
   *
   * @param hash - 32 bits.
   * @returns 0 to {@link GroupAddress.count} − 1.
   */
  of(hash: number): number {
    const low = this.base - 1;
    const group = hash & (low + low + 1);
    // All bits when that group exists already, else none: then the one it will be split from.
    const exists = (group - this.count) >> 31;
    return group & (exists | low);
  }

  /** The group that gives about half of its entries to the next new one. */
  get splitting(): number {
    return this.count - this.base;
  }

  /** Adds one group; the entries of the {@link GroupAddress.splitting} one have to be placed anew. */
  grow(): void {
    this.count++;
    if (this.count === 2 * this.base) this.base = this.count;
  }
}
