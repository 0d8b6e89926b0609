/**
 * Random quantities with the same digits on every platform.
 *
 * `Math.log` and `Math.pow` may differ in the last bit between engines; the four basic operations and the
 * square root may not (IEEE 754), and nothing else is used here.
 */
import type { RandomSource } from '../random.js';

/** 1/25, 1/23, … 1: the terms of the series, since a division takes as long as four products. */
const SERIES = Float64Array.from({ length: 13 }, (_, i) => 1 / (25 - 2 * i));

/**
 * The natural logarithm, to about 15 digits.
 *
 * @param x - A positive finite number.
 * @returns ln x.
 */
export function naturalLogarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa > 1.5; exponent++) mantissa /= 2;
  for (; mantissa < 0.75; exponent--) mantissa *= 2;
  // ln m = 2 artanh((m − 1) / (m + 1)), whose series has only odd powers.
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let i = 0; i < SERIES.length; i++) sum = sum * square + SERIES[i];
  return 2 * ratio * sum + exponent * Math.LN2;
}

/**
 * Draws a waiting time of a Poisson process: exponentially distributed.
 *
 * @param random - The random source.
 * @param mean - The mean, above 0.
 * @returns A number, 0 or more.
 */
export function exponential(random: RandomSource, mean: number): number {
  return -mean * naturalLogarithm(1 - random());
}

/**
 * Draws from a heavy-tailed (Pareto) distribution with exponent 4/3, cut at the top: most values are
 * near the smallest, a few are hundreds of times as great. The mean is near four times the smallest.
 *
 * @param random - The random source.
 * @param smallest - The smallest value, above 0.
 * @param greatest - What greater values are cut to.
 * @returns A number from `smallest` to `greatest`.
 */
export function heavyTailed(random: RandomSource, smallest: number, greatest: number): number {
  const root = Math.sqrt(1 - random());
  return Math.min(smallest / (root * Math.sqrt(root)), greatest);
}

/** Draws ranks by popularity: rank r has the weight 1 / (r + shift), as Zipf and Mandelbrot have it. */
export class Popularity {
  /** `cumulative[r]` is the weight of the ranks 0 to r. */
  private readonly cumulative: Float64Array;

  /**
   * @param count - How many ranks there are, 1 or more.
   * @param shift - What flattens the top, above 0: the greater, the less the first ranks stand out.
   */
  constructor(count: number, shift: number) {
    this.cumulative = new Float64Array(count);
    let sum = 0;
    for (let rank = 0; rank < count; rank++) {
      sum += 1 / (rank + shift);
      this.cumulative[rank] = sum;
    }
  }

  /**
   * Draws a rank. Cost: O(log ranks).
   *
   * @param random - The random source.
   * @returns An integer from 0 to the number of ranks − 1; small ones are likelier.
   */
  draw(random: RandomSource): number {
    const { cumulative } = this;
    const goal = random() * cumulative[cumulative.length - 1];
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle] > goal) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
