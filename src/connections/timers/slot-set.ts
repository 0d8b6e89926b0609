/**
 * A set of positions on a ring that finds the next member after a position: one bit per position, and one
 * bit per 32 of these words.
 */

/** The wheel slots of one level that are in use. */
export class SlotSet {
  private readonly bits: Int32Array;
  private readonly summary: Int32Array;
  private readonly mask: number;
  private count = 0;

  /** @param size - How many positions the ring has: a power of two, 1024 or more. */
  constructor(size: number) {
    this.bits = new Int32Array(size >>> 5);
    this.summary = new Int32Array(size >>> 10);
    this.mask = size - 1;
  }

  /** Adds a wheel slot that is no member; the first one of each level is a multiple of its size. */
  add(wheelSlot: number): void {
    const position = wheelSlot & this.mask;
    this.bits[position >>> 5] |= 1 << (position & 31);
    this.summary[position >>> 10] |= 1 << ((position >>> 5) & 31);
    this.count++;
  }

  /** Removes a member. */
  delete(wheelSlot: number): void {
    const position = wheelSlot & this.mask;
    const word = this.bits[position >>> 5] & ~(1 << (position & 31));
    this.bits[position >>> 5] = word;
    if (word === 0) this.summary[position >>> 10] &= ~(1 << ((position >>> 5) & 31));
    this.count--;
  }

  /** The distance from a position, of which the lowest bits count, to the next member, at most a round; 0 = none. */
  distance(position: number): number {
    if (this.count === 0) return 0;
    const start = (position + 1) & this.mask;
    const here = this.bits[start >>> 5] & (-1 << (start & 31));
    const found = here === 0 ? this.nextWord(start >>> 5) : (start & ~31) | lowest(here);
    return ((found - start) & this.mask) + 1;
  }

  /** The first member of the words after one. */
  private nextWord(word: number): number {
    const last = this.summary.length - 1;
    const start = (word + 1) & (this.mask >>> 5);
    let group = start >>> 5;
    let words = this.summary[group] & (-1 << (start & 31));
    for (let tries = 0; words === 0 && tries <= last; tries++) {
      group = group === last ? 0 : group + 1;
      words = this.summary[group];
    }
    const found = (group << 5) | lowest(words);
    return (found << 5) | lowest(this.bits[found]);
  }
}

function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
