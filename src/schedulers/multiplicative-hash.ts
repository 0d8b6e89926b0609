/**
 * Hashing by multiplication with the golden ratio (Knuth, "The Art of Computer Programming" 3, §6.4).
 */

/**
 * Hashes a 32-bit number.
 *
 * @param value - The number; only its lowest 32 bits count.
 * @param bits - How many bits the hash has, 1–32.
 * @returns An integer from 0 (included) to 2^`bits` (excluded).
 */
export function multiplicativeHash(value: number, bits: number): number {
  return Math.imul(value, 0x61c88647) >>> (32 - bits);
}
