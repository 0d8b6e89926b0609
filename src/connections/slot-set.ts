/**
 * A set of positions on a ring, one bit each, that finds the next member after a position.
 */

/** Which slots of one wheel level are in use. */
export class SlotSet {
  private readonly words: Int32Array;
  private readonly mask: number;
  private count = 0;

  /** @param size - How many positions the ring has: a power of two, 32 or more. */
  constructor(size: number) {
    this.words = new Int32Array(size >>> 5);
    this.mask = size - 1;
  }

  /** Adds or takes out a position that is not yet, or is, a member. */
  set(position: number, member: boolean): void {
    this.words[position >>> 5] ^= 1 << (position & 31);
    this.count += member ? 1 : -1;
  }

  /** How far the next member after a position is, going round at most once; 0 when there is none. */
  distance(position: number): number {
    if (this.count === 0) return 0;
    const start = (position + 1) & this.mask;
    const last = this.words.length - 1;
    let word = start >>> 5;
    let bits = this.words[word] & (-1 << (start & 31));
    for (let tries = 0; bits === 0 && tries <= last; tries++) {
      word = word === last ? 0 : word + 1;
      bits = this.words[word];
    }
    const found = (word << 5) + 31 - Math.clz32(bits & -bits);
    return ((found - start) & this.mask) + 1;
  }
}
