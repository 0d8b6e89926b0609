/**
 * Comparing two fractions exactly: a/v against b/w by their cross products, which may need 62 bits.
 *
 * Dividing in doubles keeps the order of fractions but may make different ones equal; where that is
 * possible the products decide.
 */

/**
 * The sign of `a × w − b × v`, that is of a/v − b/w for positive v and w.
 *
 * @param a - A signed 32-bit integer.
 * @param w - An integer 0–2147483647.
 * @param b - A signed 32-bit integer.
 * @param v - An integer 0–2147483647.
 * @returns A number whose sign is that of the exact difference; 0 only when the products are equal.
 */
export function crossDifference(a: number, w: number, b: number, v: number): number {
  // Each product is high × 65536 + low with |high|, low < 2^48. Differences of such parts and a
  // multiplication by a power of two are exact, and one rounded sum keeps the sign.
  const high = (a >> 16) * w - (b >> 16) * v;
  const low = (a & 0xffff) * w - (b & 0xffff) * v;
  return high * 0x1_0000 + low;
}

/**
 * Whether fractions of such numbers can be equal as doubles although they differ.
 *
 * @param bits - The numerators and denominators, all OR-ed together.
 * @returns `false` when every product of two of them is below 2^52.
 */
export function mayRoundToEqual(bits: number): boolean {
  return bits >>> 26 !== 0;
}
