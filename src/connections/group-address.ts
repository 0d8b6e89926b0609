/**
 * Which index group a hash belongs to while the number of groups grows by one at a time.
 *
 * Linear hashing with two partial expansions: pairs of groups first grow to three, then to four, so that
 * no group is ever more than half as full again as another, and one step of growth touches two or three
 * groups. With base B, groups p and B + p form the pair p; groups from 2B on are the third and fourth ones.
 * Source: Larson, "Linear hashing with partial expansions", VLDB 1980.
 */

const TWO_THIRDS = 0xaaaaaaaa | 0;
const SCATTER = 0x9e3779b1 | 0;

/** The growing address space of the groups. */
export class GroupAddress {
  /** How many groups there are. */
  count = 2;
  private base = 1;
  /** Groups from this number on belong to the expansion that is under way. */
  private start = 2;
  private fourth = false;

  /** The group of a hash. */
  of(hash: number): number {
    const base = this.base;
    const pair = hash & (base - 1);
    const plain = hash & (2 * base - 1);
    const upper = (hash & (2 * base)) !== 0;
    if (!upper) return plain;
    if (this.start + pair < this.count) {
      return this.fourth ? 2 * base + plain : moves(hash) ? 2 * base + pair : plain;
    }
    return this.fourth && moves(hash) ? 2 * base + pair : plain;
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
    if (this.fourth) this.base *= 2;
    this.fourth = !this.fourth;
  }
}

/** Whether a hash of the upper half goes to the third group: two out of three do. */
function moves(hash: number): boolean {
  return ((Math.imul(hash, SCATTER) ^ 0x80000000) | 0) < (TWO_THIRDS ^ 0x80000000);
}
