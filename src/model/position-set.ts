/**
 * A set of small integers with fast neighbors: a bit per member, and above it a bit per word of 32
 * that is not empty, and so on. Finding the nearest member costs O(log32 size).
 */

/** A set of integers from 0 up to some capacity, which grows on demand. */
export class PositionSet {
  /** `levels[0]` has a bit per position, each further level a bit per non-empty word of the one below. */
  private levels: number[][] = [[0]];

  /**
   * The set of all positions below a bound.
   *
   * @param bound - An integer, 0 or more.
   * @returns The set.
   */
  static below(bound: number): PositionSet {
    const set = new PositionSet();
    for (let position = 0; position < bound; position++) set.add(position);
    return set;
  }

  /**
   * Adds a position.
   *
   * @param position - An integer, 0 or more.
   */
  add(position: number): void {
    if (position >>> 5 >= this.levels[0].length) this.grow(position + 1);
    let index = position;
    for (const words of this.levels) {
      const before = words[index >>> 5];
      words[index >>> 5] = before | (1 << (index & 31));
      // A word that was not empty is already marked in the level above.
      if (before !== 0) return;
      index >>>= 5;
    }
  }

  /**
   * Takes a position out; one that is not in the set does no harm.
   *
   * @param position - An integer, 0 or more.
   */
  delete(position: number): void {
    if (position >>> 5 >= this.levels[0].length) return;
    let index = position;
    for (const words of this.levels) {
      const after = words[index >>> 5] & ~(1 << (index & 31));
      words[index >>> 5] = after;
      if (after !== 0) return;
      index >>>= 5;
    }
  }

  /** Takes every position out. */
  clear(): void {
    for (const words of this.levels) words.fill(0);
  }

  /**
   * The greatest member below a bound.
   *
   * @param bound - Any integer.
   * @returns The member, or −1 when there is none.
   */
  below(bound: number): number {
    const levels = this.levels;
    let index = Math.min(bound, levels[0].length << 5) - 1;
    for (let level = 0; index >= 0 && level < levels.length; level++) {
      const bits = levels[level][index >>> 5] & (-1 >>> (31 - (index & 31)));
      if (bits !== 0) return this.descend(level, (index & ~31) + highestBit(bits), highestBit);
      index = (index >>> 5) - 1;
    }
    return -1;
  }

  /**
   * The smallest member above a bound.
   *
   * @param bound - Any integer from −1.
   * @returns The member, or −1 when there is none.
   */
  above(bound: number): number {
    const levels = this.levels;
    let index = bound + 1;
    for (let level = 0; level < levels.length; level++) {
      const words = levels[level];
      if (index >>> 5 >= words.length) return -1;
      const bits = words[index >>> 5] & (-1 << (index & 31));
      if (bits !== 0) return this.descend(level, (index & ~31) + lowestBit(bits), lowestBit);
      index = (index >>> 5) + 1;
    }
    return -1;
  }

  /** Follows a marked word down to a member, by the outermost bit on each level. */
  private descend(level: number, index: number, outermost: (bits: number) => number): number {
    let found = index;
    for (let below = level - 1; below >= 0; below--) {
      found = (found << 5) + outermost(this.levels[below][found]);
    }
    return found;
  }

  private grow(capacity: number): void {
    const before = this.levels[0];
    this.levels = makeLevels(Math.max(capacity, before.length << 6));
    for (const [word, bits] of before.entries()) {
      for (let rest = bits; rest !== 0; rest &= rest - 1) this.add((word << 5) + lowestBit(rest));
    }
  }
}

/** Plain arrays: most sets are small, and a typed array of one word takes five times the memory. */
function makeLevels(capacity: number): number[][] {
  const levels: number[][] = [];
  let size = capacity;
  do {
    size = (size + 31) >>> 5;
    levels.push(Array<number>(size).fill(0));
  } while (size > 1);
  return levels;
}

function highestBit(bits: number): number {
  return 31 - Math.clz32(bits);
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
