/**
 * Which index group a hash belongs to while the number of groups grows by one at a time.
 *
 * Linear hashing with two partial expansions: pairs of groups first grow to three, then to four, so that
 * no group is ever more than half as full again as another, and one step of growth touches two or three
 * groups. With base B, groups p and B + p form the pair p; groups from 2B on are the third and fourth ones.
 * Source: Larson, "Linear hashing with partial expansions", VLDB 1980.
 */

/** The growing address space of the groups. */
export class GroupAddress {
  /** How many groups there are. */
  count = 2;
  private base = 1;
  /** The number of the hash bit that tells the two halves of the address space to come. */
  private upperBit = 1;
  /** Groups from this number on belong to the expansion that is under way. */
  private start = 2;
  private fourth = false;

  /**
   * The group of a hash. Written without branches that a processor would have to guess.
   *
   * @param hash - 32 bits.
   * @returns 0 to {@link GroupAddress.count} − 1.
   */
  of(hash: number): number {
    const base = this.base;
    const pair = hash & (base - 1);
    const plain = hash & (2 * base - 1);
    // −1 (all bits) or 0: the pair was split; the hash belongs to the new half; and moves to the third group.
    const split = (this.start + pair - this.count) >> 31;
    const upper = -((hash >>> this.upperBit) & 1);
    const third = upper & moves(hash) & (2 * base + pair - plain);
    if (this.fourth) return plain + ((split & upper & (2 * base)) | (~split & third));
    return plain + (split & third);
  }

  /** The pair whose groups give entries to the next group. */
  get splitting(): number {
    return this.count - this.start;
  }

  /** How many groups of that pair there are before the step, at a distance of {@link GroupAddress.stride}. */
  get splittingGroups(): number {
    return this.fourth ? 3 : 2;
  }

  /** The distance between the groups of one pair. */
  get stride(): number {
    return this.base;
  }

  /** Adds one group; the entries of the {@link GroupAddress.splitting} pair have to be placed anew. */
  grow(): void {
    this.count++;
    if (this.count < this.start + this.base) return;
    this.start = this.count;
    if (this.fourth) {
      this.base *= 2;
      this.upperBit++;
    }
    this.fourth = !this.fourth;
  }
}

/** −1 for the two of three hashes of the upper half that go to the third group, else 0. */
function moves(hash: number): number {
  return (((Math.imul(hash, 0x9e3779b1) >>> 8) & 0xffff) - 0xaaaa) >> 31;
}
