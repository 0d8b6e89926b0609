/**
 * The bits of an address as plain data: what remembers or hashes addresses needs no more, and does
 * not carry the reading and writing of their text along.
 */

/** The bits of an IPv4 or IPv6 address, as an `IpAddress` has them; plain JSON. */
export interface AddressWords {
  /** 4 or 6. */
  readonly family: 4 | 6;
  /** Bits 0–31 as a signed 32-bit integer; 0 for IPv4. */
  readonly word0: number;
  /** Bits 32–63 as a signed 32-bit integer; 0 for IPv4. */
  readonly word1: number;
  /** Bits 64–95 as a signed 32-bit integer; 0 for IPv4. */
  readonly word2: number;
  /** Bits 96–127 as a signed 32-bit integer; for IPv4 the whole address. */
  readonly word3: number;
}

/**
 * Folds an address into 32 bits.
 *
 * @param address - The address.
 * @returns The XOR of the four words as an unsigned number; for IPv4 the address itself.
 */
export function foldWords(address: AddressWords): number {
  return (address.word0 ^ address.word1 ^ address.word2 ^ address.word3) >>> 0;
}

/**
 * Copies the bits of an address.
 *
 * @param address - The address.
 * @returns A plain object.
 */
export function wordsOf(address: AddressWords): AddressWords {
  const { family, word0, word1, word2, word3 } = address;
  return { family, word0, word1, word2, word3 };
}
