/**
 * A weight per position, and the position at which their sum, taken from the greatest position downwards,
 * reaches a number: what drawing a server by weight asks for.
 *
 * Positions stand in blocks of eight, blocks in greater ones of eight, and so on. Beside each the sum of those
 * greater than it in its block is kept, and going down halves a block three times, by sums without a branch:
 * of drawn numbers the processor would predict every other one wrong. Cost: O(log positions) per write and search.
 */

const BITS = 3;
const BLOCK = 2 ** BITS;

/** Weights by position, and their sums. */
export class WeightSums {
  /** The sum of all weights. */
  total = 0;
  private weights: Float64Array = new Float64Array(BLOCK);
  /** What the positions before each in its block add up to, by level: of single positions, of blocks of eight, ...; the last one is one block long. */
  private levels: Float64Array[] = [new Float64Array(BLOCK)];

  /**
   * Writes the weight of a position.
   *
   * @param position - An integer, 0 or more.
   * @param weight - An integer, 0 or more.
   */
  set(position: number, weight: number): void {
    while (position >= this.weights.length) this.grow();
    const difference = weight - this.weights[position];
    if (difference === 0) return;
    this.weights[position] = weight;
    this.total += difference;
    let index = position;
    for (const sums of this.levels) {
      for (let behind = index & -BLOCK; behind < index; behind++) {
        sums[behind] += difference;
      }
      index >>>= BITS;
    }
  }

  /** Sets every weight to 0. */
  clear(): void {
    this.weights.fill(0);
    for (const sums of this.levels) sums.fill(0);
    this.total = 0;
  }

  /**
   * Finds the position at which the sum reaches a number.
   *
   * @param number - A number above 0, at most {@link WeightSums.total}.
   * @returns The position; its weight is not 0.
   */
  at(number: number): number {
    const { levels } = this;
    let place = 0;
    let rest = number;
    for (let level = levels.length - 1; level >= 0; level--) {
      const sums = levels[level];
      place <<= BITS;
      place += 4 * Number(sums[place + 3] >= rest);
      place += 2 * Number(sums[place + 1] >= rest);
      place += Number(sums[place] >= rest);
      rest -= sums[place];
    }
    return place;
  }

  private grow(): void {
    const { weights } = this;
    const length = weights.length * BLOCK;
    this.weights = new Float64Array(length);
    this.levels = [
      new Float64Array(length),
      ...this.levels.map(({ length: less }) => new Float64Array(less)),
    ];
    this.total = 0;
    for (const [position, weight] of weights.entries()) this.set(position, weight);
  }
}
