/**
 * A view of a GUE header, variant 0, which lies behind a UDP header.
 *
 * Variant and control bit, the length of the optional part in words, the protocol of what is inside,
 * and flags. Source: draft-ietf-intarea-gue.
 */
import { readUint16, writeUint16 } from './bytes.js';
import { HeaderView } from './header-view.js';

const FIRST_BYTE = 0;
const PROTOCOL = 1;
const FLAGS = 2;

/** A reusable view of a GUE header. */
export class GueView extends HeaderView {
  /**
   * Points the view at a header.
   *
   * @param bytes - The bytes that hold it.
   * @param offset - Index of its first byte.
   * @param end - Index behind the last byte that may be read; default: the end of the bytes.
   * @returns `false` when the header with its optional part does not fit.
   */
  at(bytes: Uint8Array, offset = 0, end: number = bytes.length): boolean {
    if (!(offset >= 0 && end - offset >= 4)) return false;
    return this.move(bytes, offset, end, 4 + (bytes[offset] & 0x1f) * 4);
  }

  /** Variant (2 bits), control (1 bit) and length of the optional part in words (5 bits), 0–255. */
  get firstByte(): number {
    return this.bytes[this.offset + FIRST_BYTE];
  }

  /**
   * Writes the field firstByte. No checksum follows.
   *
   * @param value - 0–255.
   */
  setFirstByte(value: number): void {
    this.bytes[this.offset + FIRST_BYTE] = value;
  }

  /** IP protocol number of what is inside, 0–255. */
  get protocol(): number {
    return this.bytes[this.offset + PROTOCOL];
  }

  /**
   * Writes the field protocol. No checksum follows.
   *
   * @param value - 0–255.
   */
  setProtocol(value: number): void {
    this.bytes[this.offset + PROTOCOL] = value;
  }

  /** The flags, 0–65535. */
  get flags(): number {
    return readUint16(this.bytes, this.offset + FLAGS);
  }

  /**
   * Writes the field flags. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setFlags(value: number): void {
    writeUint16(this.bytes, this.offset + FLAGS, value);
  }

  /** Whether it is a data message of variant 0. */
  get isData(): boolean {
    return (this.firstByte & 0xe0) === 0;
  }

  /** Bytes of header, 4–128. */
  get headerLength(): number {
    return 4 + (this.firstByte & 0x1f) * 4;
  }

  /** Index of the first byte of what is inside. */
  get payloadOffset(): number {
    return this.offset + this.headerLength;
  }
}
