/**
 * Internet addresses as values: four 32-bit words, so that comparing, hashing and masking need no
 * text and no allocation.
 *
 * Text follows RFC 4291 (reading) and RFC 5952 (writing). The folding is the one the hashing
 * schedulers use.
 */
import { type AddressWords, foldWords } from './address-words.js';
import { requireInteger, show } from './errors.js';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './ip-address-text.js';
import { Inspectable } from './platform-methods.js';

/** 4 for IPv4, 6 for IPv6. */
export type AddressFamily = 4 | 6;

/** An address as a value or as text: `'10.0.0.1'`, `'2001:db8::1'`. */
export type IpAddressLike = IpAddress | string;

/**
 * One IPv4 or IPv6 address, immutable.
 *
 * @example
 * {@includeCode ../docs/examples/ip-address.ts}
 */
export class IpAddress extends Inspectable {
  /** 4 or 6. */
  readonly family: AddressFamily;
  /** Bits 0–31 (the first four bytes) as a signed 32-bit integer; 0 for IPv4. */
  readonly word0: number;
  /** Bits 32–63 as a signed 32-bit integer; 0 for IPv4. */
  readonly word1: number;
  /** Bits 64–95 as a signed 32-bit integer; 0 for IPv4. */
  readonly word2: number;
  /** Bits 96–127 (the last four bytes) as a signed 32-bit integer; for IPv4 the whole address. */
  readonly word3: number;

  private constructor(family: AddressFamily, w0: number, w1: number, w2: number, w3: number) {
    super();
    this.family = family;
    this.word0 = w0 | 0;
    this.word1 = w1 | 0;
    this.word2 = w2 | 0;
    this.word3 = w3 | 0;
  }

  /**
   * Reads an address from text.
   *
   * @param text - Dotted decimal IPv4, or IPv6 in any form of RFC 4291; no port, zone or brackets.
   * @returns The address.
   * @throws {TypeError} When the argument is not a string.
   * @throws {RangeError} When the string is no address.
   */
  static parse(text: string): IpAddress {
    if (typeof text !== 'string') {
      throw new TypeError(`Invalid address: expected a string, got ${show(text)}`);
    }
    const address = IpAddress.tryParse(text);
    if (address === undefined) {
      throw new RangeError(
        `Invalid address: expected IPv4 such as 10.0.0.1 or IPv6 such as 2001:db8::1, got ${show(text)}`,
      );
    }
    return address;
  }

  /**
   * Reads an address from text, without an exception when there is none.
   *
   * @param text - As for {@link IpAddress.parse}.
   * @returns The address, or `undefined` when the text is none.
   */
  static tryParse(text: string): IpAddress | undefined {
    if (text.includes(':')) {
      const words = parseIpv6(text);
      return words === undefined ? undefined : IpAddress.fromIpv6(...words);
    }
    const value = parseIpv4(text);
    return value === undefined ? undefined : IpAddress.fromIpv4(value);
  }

  /**
   * Accepts an address or its text.
   *
   * @param value - An address, or text as for {@link IpAddress.parse}.
   * @returns The address.
   * @throws {TypeError} When the value is neither.
   * @throws {RangeError} When the text is no address.
   */
  static from(value: IpAddressLike): IpAddress {
    return value instanceof IpAddress ? value : IpAddress.parse(value);
  }

  /**
   * The IPv4 address with a numeric value.
   *
   * @param value - The address as a 32-bit number, first byte most significant (10.0.0.1 = 0x0A000001).
   * @returns The address.
   */
  static fromIpv4(value: number): IpAddress {
    return new IpAddress(4, 0, 0, 0, value);
  }

  /**
   * The IPv6 address with four numeric words.
   *
   * @param word0 - The first 32 bits.
   * @param word1 - The second 32 bits.
   * @param word2 - The third 32 bits.
   * @param word3 - The last 32 bits.
   * @returns The address.
   */
  static fromIpv6(word0: number, word1: number, word2: number, word3: number): IpAddress {
    return new IpAddress(6, word0, word1, word2, word3);
  }

  /**
   * Reads an address from bytes in network order.
   *
   * @param family - 4 (four bytes) or 6 (sixteen bytes).
   * @param bytes - Where to read.
   * @param offset - Index of the first byte; default 0.
   * @returns The address.
   * @throws {RangeError} When the bytes end too early.
   */
  static fromBytes(family: AddressFamily, bytes: Uint8Array, offset = 0): IpAddress {
    const length = family === 4 ? 4 : 16;
    requireInteger('address offset', offset, 0, bytes.length - length);
    if (family === 4) return IpAddress.fromIpv4(readWord(bytes, offset));
    return new IpAddress(
      6,
      readWord(bytes, offset),
      readWord(bytes, offset + 4),
      readWord(bytes, offset + 8),
      readWord(bytes, offset + 12),
    );
  }

  /** The XOR of the four words as an unsigned 32-bit number; for IPv4 the address itself. */
  get fold(): number {
    return foldWords(this);
  }

  /** The number of bits: 32 or 128. */
  get bitLength(): 32 | 128 {
    return this.family === 4 ? 32 : 128;
  }

  /**
   * Compares with another address.
   *
   * @param other - The other address.
   * @returns `true` when family and all bits are the same.
   */
  equals(other: AddressWords): boolean {
    return (
      this.word3 === other.word3 &&
      this.word2 === other.word2 &&
      this.word1 === other.word1 &&
      this.word0 === other.word0 &&
      this.family === other.family
    );
  }

  /**
   * The network of this address.
   *
   * @param length - How many leading bits are kept, 0–32 or 0–128; the rest become 0.
   * @returns The address of the network.
   * @throws {RangeError} When the length is out of range.
   */
  prefix(length: number): IpAddress {
    requireInteger('prefix length', length, 0, this.bitLength);
    if (this.family === 4) return IpAddress.fromIpv4(this.word3 & prefixWord(length));
    return new IpAddress(
      6,
      this.word0 & prefixWord(length),
      this.word1 & prefixWord(length - 32),
      this.word2 & prefixWord(length - 64),
      this.word3 & prefixWord(length - 96),
    );
  }

  /**
   * Writes the address as bytes in network order.
   *
   * @param target - Where to write; default: a new array of the right length.
   * @param offset - Index of the first byte; default 0.
   * @returns The target.
   * @throws {RangeError} When the target ends too early.
   */
  toBytes(target: Uint8Array = new Uint8Array(this.bitLength / 8), offset = 0): Uint8Array {
    requireInteger('address offset', offset, 0, target.length - this.bitLength / 8);
    if (this.family === 4) {
      writeWord(target, offset, this.word3);
      return target;
    }
    writeWord(target, offset, this.word0);
    writeWord(target, offset + 4, this.word1);
    writeWord(target, offset + 8, this.word2);
    writeWord(target, offset + 12, this.word3);
    return target;
  }

  /**
   * The canonical text: dotted decimal, or RFC 5952.
   *
   * @returns For example `10.0.0.1` or `2001:db8::1`.
   */
  override toString(): string {
    if (this.family === 4) return formatIpv4(this.word3);
    if ((this.word0 | this.word1) === 0 && this.word2 === 0xffff) {
      return `::ffff:${formatIpv4(this.word3)}`;
    }
    return formatIpv6([this.word0, this.word1, this.word2, this.word3]);
  }

  /**
   * The same as {@link IpAddress.toString}, for `JSON.stringify`.
   *
   * @returns The canonical text.
   */
  toJSON(): string {
    return this.toString();
  }

  /**
   * The same as {@link IpAddress.toString} with the class's name: what `console.log` shows under Node.
   *
   * @returns For example `IpAddress 10.0.0.1`.
   */
  describe(): string {
    return `IpAddress ${this.toString()}`;
  }
}

/** The mask of a word of which `length` leading bits are kept; out-of-range lengths saturate. */
function prefixWord(length: number): number {
  if (length <= 0) return 0;
  return length >= 32 ? -1 : -1 << (32 - length);
}

function readWord(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]
  );
}

function writeWord(bytes: Uint8Array, offset: number, word: number): void {
  bytes[offset] = word >>> 24;
  bytes[offset + 1] = word >>> 16;
  bytes[offset + 2] = word >>> 8;
  bytes[offset + 3] = word;
}
