/**
 * How a director turns counters into rates: a smoothed average, renewed at each tick.
 *
 * Every two seconds the growth Δ of a counter moves its average a quarter of the difference toward the
 * present rate, in whole numbers: `average += (Δ·2^s − average) >> 2`, shown as
 * `(average + 2^s − 1) >> (s + 1)`, with s = 9 for connections and packets and s = 4 for bytes. The
 * last shift also turns "per two seconds" into "per second". Source: recorded rates.
 */

/** How many fractional bits an average of connections or packets has. */
export const COUNT_SHIFT = 9;

/** How many fractional bits an average of bytes has. */
export const BYTES_SHIFT = 4;

/**
 * The average after a tick.
 *
 * @param average - The average before, 0 or more.
 * @param growth - By how much the counter grew since the last tick, 0 or more.
 * @param shift - The average's fractional bits, {@link COUNT_SHIFT} or {@link BYTES_SHIFT}.
 * @returns The average after, a whole number.
 */
export function smoothed(average: number, growth: number, shift: number): number {
  return average + Math.floor((growth * 2 ** shift - average) / 4);
}

/**
 * The rate a listing shows.
 *
 * @param average - The average.
 * @param shift - Its fractional bits.
 * @returns Connections, packets or bytes per second, a whole number.
 */
export function shownRate(average: number, shift: number): number {
  const unit = 2 ** shift;
  return Math.floor((average + unit - 1) / (unit * 2));
}

/**
 * An average that a listing shows as a rate, for rates that were read from one.
 *
 * @param rate - Connections, packets or bytes per second, a whole number.
 * @param shift - The average's fractional bits.
 * @returns The average.
 */
export function averageShownAs(rate: number, shift: number): number {
  return rate * 2 ** (shift + 1);
}
