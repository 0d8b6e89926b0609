/**
 * The bits of an address as plain data, and their fold, by which schedulers hash: what remembers or hashes addresses
 * needs no more, and does not carry the reading and writing of their text along.
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

/** An address that is written again and again, so that passing one on makes no garbage. */
export class AddressBuffer implements AddressWords {
  family: 4 | 6 = 4;
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;

  /**
   * Becomes an IPv4 address.
   *
   * @param word3 - The address, signed.
   * @returns The buffer itself.
   */
  set4(word3: number): this {
    if (this.family === 6) {
      this.family = 4;
      this.word0 = 0;
      this.word1 = 0;
      this.word2 = 0;
    }
    this.word3 = word3;
    return this;
  }

  /**
   * Becomes an IPv6 address.
   *
   * @param word0 - Bits 0–31, signed.
   * @param word1 - Bits 32–63, signed.
   * @param word2 - Bits 64–95, signed.
   * @param word3 - Bits 96–127, signed.
   * @returns The buffer itself.
   */
  set6(word0: number, word1: number, word2: number, word3: number): this {
    this.family = 6;
    this.word0 = word0;
    this.word1 = word1;
    this.word2 = word2;
    this.word3 = word3;
    return this;
  }

  /**
   * Becomes the same as another address.
   *
   * @param address - The other address.
   * @returns The buffer itself.
   */
  copy(address: AddressWords): this {
    this.family = address.family;
    this.word0 = address.word0;
    this.word1 = address.word1;
    this.word2 = address.word2;
    this.word3 = address.word3;
    return this;
  }
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

/**
 * Whether an address never leaves its host: 127.0.0.0/8 and ::1.
 *
 * @param address - The address.
 * @returns `true` when it is one.
 */
export function isLoopback({ family, word0, word1, word2, word3 }: AddressWords): boolean {
  return family === 4 ? word3 >>> 24 === 127 : (word0 | word1 | word2) === 0 && word3 === 1;
}
