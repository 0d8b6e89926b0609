/**
 * The keyed hash over protocol, client address and client port.
 *
 * Simple tabulation: every byte of the key selects a random word from a table of its own, and the words
 * are combined by XOR. A client that does not know the tables cannot aim at a bucket: any three keys of different
 * addresses are independent, so any set of keys spreads at random. The ports' words have a
 * {@link PortPermutation} in their low halves: with protocol and address known, the low half of the hash gives
 * the port. Cost: one small-table access per byte.
 * Source: Pătraşcu and Thorup, "The power of simple tabulation hashing", Journal of the ACM 59 (2012).
 */
import { PortPermutation } from './port-permutation.js';
import type { RandomSource } from '../../random.js';

const BYTES = 19;
/** The first word of the port's bytes, the low byte's first; those of the protocol follow. */
const PORTS = 0x400;
const PROTOCOLS = 0x600;
const LOW_HALF = 0xffff;

/** A hash function drawn from a random source. */
export class ClientHash {
  private readonly table = new Int32Array(BYTES << 8);
  private readonly ports: PortPermutation;

  /** @param random - Draws the tables; the same sequence gives the same function. */
  constructor(random: RandomSource) {
    const { table } = this;
    for (let i = 0; i < table.length; i++) table[i] = random() * 0x1_0000_0000;
    this.ports = new PortPermutation(table.subarray(PORTS, PROTOCOLS));
    for (let byte = 0; byte < 0x100; byte++) {
      this.setLowHalf(PORTS | byte, this.ports.imageOf(byte));
      this.setLowHalf(PORTS | 0x100 | byte, this.ports.imageOf(byte << 8));
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
      table[PORTS | (port & 0xff)] ^
      table[PORTS | 0x100 | (port >>> 8)] ^
      table[PROTOCOLS | protocol]
    );
  }

  /**
   * The fingerprint of a client: its address (the last word of it), mixed with the low half of its hash, so that
   * the ports of one address have different ones.
   */
  fingerprint(hash: number, address: number): number {
    return address ^ (hash << 16);
  }

  /**
   * The hash of an IPv4 client, from its fingerprint.
   *
   * @param protocol - The protocol's number.
   * @param fingerprint - See {@link ClientHash.fingerprint}.
   * @param low - The lowest 16 bits of the hash, or more of them.
   */
  hashOfFingerprint(protocol: number, fingerprint: number, low: number): number {
    const { table, ports } = this;
    const address = fingerprint ^ (low << 16);
    // The image of port 0 is 0, so the hash lacks nothing but the words of the port.
    const rest = this.hash4(protocol, address, 0) ^ table[PORTS] ^ table[PORTS | 0x100];
    // What the other parts do not explain of the low half is the image of the port.
    const port = ports.portOf((rest ^ low) & LOW_HALF);
    return rest ^ table[PORTS | (port & 0xff)] ^ table[PORTS | 0x100 | (port >>> 8)];
  }

  /** The part of the hash for the first three words of an IPv6 address, from `at` on. */
  wide(words: Int32Array, at: number): number {
    return this.words(words[at], words[at + 1], words[at + 2]);
  }

  /** The part of the hash for the first three words of an IPv6 address. */
  words(word0: number, word1: number, word2: number): number {
    return this.word(0x700, word0) ^ this.word(0xb00, word1) ^ this.word(0xf00, word2);
  }

  /** The part of the hash for the data of a persistence engine; 0 when it is empty. */
  text(data: string): number {
    let hash = 0;
    for (let i = 0; i < data.length; i++) {
      hash = this.word(0x700, Math.imul(hash, 31) + data.charCodeAt(i) + 1);
    }
    return hash;
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

  private setLowHalf(at: number, half: number): void {
    this.table[at] = (this.table[at] & ~LOW_HALF) | half;
  }
}
