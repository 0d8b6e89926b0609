/**
 * The greatest common divisor by Euclid's algorithm.
 */

/**
 * The greatest common divisor of two weights.
 *
 * @param a - An integer, 0 or more.
 * @param b - An integer, 0 or more.
 * @returns The divisor; the other number when one is 0.
 */
export function greatestCommonDivisor(a: number, b: number): number {
  let greater = a;
  let less = b;
  while (less !== 0) [greater, less] = [less, greater % less];
  return greater;
}
