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
  private entries = new Int32Array(0);

  /** @param hash - The function; its results are signed 32-bit integers. */
  constructor(hash: (value: number) => number) {
    this.hash = hash;
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
    if (entries[entry] !== value) return this.remember(value, entry);
    return entries[entry + 1];
  }

  /** Most services of a large configuration get no client for long, so that the memory begins with the first one. */
  private remember(value: number, entry: number): number {
    if (this.entries.length === 0) {
      this.entries = new Int32Array(2 * 2 ** ENTRY_BITS);
      // An entry never written is one of the value 0, which falls on the first one.
      this.entries[1] = this.hash(0);
    }
    const result = this.hash(value);
    this.entries[entry] = value;
    this.entries[entry + 1] = result;
    return result;
  }
}
