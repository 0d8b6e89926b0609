/**
 * Ethernet addresses as values: two words, so that writing one costs no loop and no allocation.
 */
import { requireInteger, show } from '../errors.js';
import { readInt32, readUint16, writeUint16, writeUint32 } from './bytes.js';

const pattern = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i;

/** One Ethernet address, immutable. */
export class MacAddress {
  /** The first 16 bits. */
  readonly high: number;
  /** The last 32 bits, signed. */
  readonly low: number;

  /**
   * @param high - The first 16 bits, 0–65535.
   * @param low - The last 32 bits, signed or unsigned.
   */
  constructor(high: number, low: number) {
    this.high = high & 0xffff;
    this.low = low | 0;
  }

  /**
   * Reads an address from text.
   *
   * @param text - Six bytes in hexadecimal, such as `02:00:00:00:0d:01`.
   * @returns The address.
   * @throws {RangeError} When the text is no address.
   */
  static parse(text: string): MacAddress {
    if (!pattern.test(text)) {
      throw new RangeError(
        `Invalid Ethernet address: expected one such as 02:00:00:00:0d:01, got ${show(text)}`,
      );
    }
    const digits = text.replace(/[:-]/g, '');
    return new MacAddress(
      Number.parseInt(digits.slice(0, 4), 16),
      Number.parseInt(digits.slice(4), 16),
    );
  }

  /**
   * Reads an address from bytes.
   *
   * @param bytes - Where to read.
   * @param offset - Index of the first of six bytes; default 0.
   * @returns The address.
   * @throws {RangeError} When the bytes end too early.
   */
  static fromBytes(bytes: Uint8Array, offset = 0): MacAddress {
    requireInteger('Ethernet address offset', offset, 0, bytes.length - 6);
    return new MacAddress(readUint16(bytes, offset), readInt32(bytes, offset + 2));
  }

  /**
   * Writes the address.
   *
   * @param bytes - Where to write.
   * @param offset - Index of the first of six bytes; default 0.
   * @throws {RangeError} When the bytes end too early.
   */
  toBytes(bytes: Uint8Array, offset = 0): void {
    requireInteger('Ethernet address offset', offset, 0, bytes.length - 6);
    writeUint16(bytes, offset, this.high);
    writeUint32(bytes, offset + 2, this.low);
  }

  /**
   * The canonical text.
   *
   * @returns For example `02:00:00:00:0d:01`.
   */
  toString(): string {
    const digits =
      this.high.toString(16).padStart(4, '0') + (this.low >>> 0).toString(16).padStart(8, '0');
    return digits.replace(/..(?!$)/g, '$&:');
  }
}
