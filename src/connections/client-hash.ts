/**
 * The keyed hash over protocol, client address and client port.
 *
 * Simple tabulation: every byte of the key picks a random word from a table of its own, and the words
 * are joined by XOR. Whoever does not know the tables cannot aim at a bucket: any three keys are
 * independent, so any set of keys spreads as chance would have it. Cost: one small-table access per byte.
 * Source: Pătraşcu and Thorup, "The power of simple tabulation hashing", Journal of the ACM 59 (2012).
 */
import type { RandomSource } from '../random.js';

const BYTES = 19;

/** A hash function drawn from a random source. */
export class ClientHash {
  private readonly table = new Int32Array(BYTES << 8);

  /** @param random - Draws the tables; the same sequence gives the same function. */
  constructor(random: RandomSource) {
    for (let i = 0; i < this.table.length; i++) {
      this.table[i] = random() * 0x1_0000_0000;
    }
  }

  /** The hash of an IPv4 client, or of the last word of an IPv6 one: 32 bits, signed. */
  hash4(protocol: number, address: number, port: number): number {
    const table = this.table;
    return (
      table[address & 0xff] ^
      table[0x100 | ((address >>> 8) & 0xff)] ^
      table[0x200 | ((address >>> 16) & 0xff)] ^
      table[0x300 | (address >>> 24)] ^
      table[0x400 | (port & 0xff)] ^
      table[0x500 | ((port >>> 8) & 0xff)] ^
      table[0x600 | (protocol & 0xff)]
    );
  }

  /** What the first three words of an IPv6 address, from `at` on, add to the hash of the last one. */
  wide(words: Int32Array, at: number): number {
    return this.words(words[at], words[at + 1], words[at + 2]);
  }

  /** What the first three words of an IPv6 address add to the hash of the last one. */
  words(word0: number, word1: number, word2: number): number {
    return this.word(0x700, word0) ^ this.word(0xb00, word1) ^ this.word(0xf00, word2);
  }

  private word(base: number, word: number): number {
    const table = this.table;
    return (
      table[base + (word & 0xff)] ^
      table[base + 0x100 + ((word >>> 8) & 0xff)] ^
      table[base + 0x200 + ((word >>> 16) & 0xff)] ^
      table[base + 0x300 + (word >>> 24)]
    );
  }
}
