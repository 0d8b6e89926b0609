/**
 * Numbers of the rule language: leading blanks, one sign, decimal digits and nothing after. A
 * leading zero does not mean octal.
 */

const decimal = /^\s*[+-]?\d+$/;

/**
 * Reads a number.
 *
 * @param text - The text.
 * @param low - The smallest value allowed.
 * @param high - The greatest value allowed.
 * @returns The number, or `undefined` when the text is none or it is out of range.
 */
export function readNumber(text: string, low: number, high: number): number | undefined {
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  // Adding 0 turns −0, which "-0" gives, into 0.
  return value >= low && value <= high ? value + 0 : undefined;
}
