/**
 * A hash that is remembered for the clients seen of late, since most clients come again.
 *
 * A hash depends on nothing but its argument, so what is remembered is never wrong; a client takes the place of
 * another one that falls on the same entry. Cost: a multiplication and a comparison for a remembered client.
 */
import { multiplicativeHash } from './multiplicative-hash.js';

const ENTRY_BITS = 12;

/** A function from 32-bit integers to small ones, with a memory. */
export class HashMemory {
  private readonly hash: (value: number) => number;
  private readonly values: Int32Array;
  private readonly hashes: Uint16Array;

  /** @param hash - The function; its results are 0–65535. */
  constructor(hash: (value: number) => number) {
    this.hash = hash;
    this.values = new Int32Array(2 ** ENTRY_BITS);
    // An empty entry must not look like one of the value 0.
    this.hashes = new Uint16Array(2 ** ENTRY_BITS).fill(hash(0));
  }

  /**
   * Applies the function.
   *
   * @param value - A signed 32-bit integer.
   * @returns The function's result.
   */
  of(value: number): number {
    const entry = multiplicativeHash(value, ENTRY_BITS);
    if (this.values[entry] !== value) {
      this.values[entry] = value;
      this.hashes[entry] = this.hash(value);
    }
    return this.hashes[entry] as number;
  }
}
