/**
 * Random numbers as a dependency: what draws numbers takes a {@link RandomSource}, so that a seed decides
 * the whole run.
 */

/**
 * A source of numbers in [0, 1), as `Math.random` is one.
 *
 * @returns A number from 0 (included) to 1 (excluded).
 */
export type RandomSource = () => number;

/** The platform's own source, different in each run. */
export const systemRandom: RandomSource = () => Math.random();

/**
 * A fast generator with 32 bits of state whose sequence depends on the seed alone.
 *
 * The state advances as a Weyl sequence and is scrambled by two rounds of multiply-xorshift
 * (the construction of Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
 * OOPSLA 2014, on 32-bit words). Good for simulations, not for secrets.
 *
 * @param seed - Any integer; only its lowest 32 bits count. Default 1.
 * @returns A source whose values have 32 random bits.
 * @example
 * {@includeCode ../docs/examples/seeded-random.ts}
 */
export function seededRandom(seed = 1): RandomSource {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 0x1_0000_0000;
  };
}

/**
 * Draws a whole number below a bound.
 *
 * @param random - The random source.
 * @param bound - How many values there are, 1 or more.
 * @returns An integer from 0 (included) to `bound` (excluded).
 */
export function randomBelow(random: RandomSource, bound: number): number {
  return Math.floor(random() * bound);
}
