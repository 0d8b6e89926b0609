/**
 * A hash that is remembered for the clients seen of late, since most clients come again.
 *
 * A hash depends on nothing but its argument, so what is remembered is never wrong; a client takes the place of
 * another one that falls on the same entry. Cost: a multiplication and a comparison for a remembered client.
 */
import { multiplicativeHash } from './multiplicative-hash.js';

const ENTRY_BITS = 13;

/** A function from 32-bit integers to small ones, with a memory. */
export class HashMemory {
  private readonly hash: (value: number) => number;
  /** Each entry is a value and its hash, side by side, so that both come with one memory access. */
  private readonly entries: Int32Array;

  /** @param hash - The function; its results are signed 32-bit integers. */
  constructor(hash: (value: number) => number) {
    this.hash = hash;
    this.entries = new Int32Array(2 * 2 ** ENTRY_BITS);
    // An entry never written is one of the value 0, which falls on the first one.
    this.entries[1] = hash(0);
  }

  /**
   * Applies the function.
   *
   * @param value - A signed 32-bit integer.
   * @returns The function's result.
   */
  of(value: number): number {
    const { entries } = this;
    const entry = 2 * multiplicativeHash(value, ENTRY_BITS);
    if (entries[entry] !== value) {
      entries[entry] = value;
      entries[entry + 1] = this.hash(value);
    }
    return entries[entry + 1];
  }
}
