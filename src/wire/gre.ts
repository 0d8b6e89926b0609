/**
 * A view of a GRE header.
 *
 * Four bytes, and four more for each of checksum, key and sequence number that the flags announce.
 * Sources: RFC 2784, RFC 2890.
 */
import { readUint16, writeUint16 } from './bytes.js';
import { HeaderView } from './header-view.js';

/** The flags of GRE by name. */
export const GRE_FLAG = {
  /** A checksum over header and payload is there. */
  CHECKSUM: 0x8000,
  /** A key is there. */
  KEY: 0x2000,
  /** A sequence number is there. */
  SEQUENCE: 0x1000,
} as const;

const CHECKSUM = 4;

/**
 * How long a GRE header with some flags is.
 *
 * @param flags - The first 16 bits of the header.
 * @returns 4–16 bytes.
 */
export function greHeaderLength(flags: number): number {
  const checksum = (flags & GRE_FLAG.CHECKSUM) === 0 ? 0 : 4;
  const key = (flags & GRE_FLAG.KEY) === 0 ? 0 : 4;
  const sequence = (flags & GRE_FLAG.SEQUENCE) === 0 ? 0 : 4;
  return 4 + checksum + key + sequence;
}

const FLAGS = 0;
const PROTOCOL_TYPE = 2;

/** A reusable view of a GRE header. */
export class GreView extends HeaderView {
  /**
   * Points the view at a header.
   *
   * @param bytes - The bytes that hold it.
   * @param offset - Index of its first byte.
   * @param end - Index behind the last byte that may be read; default: the end of the bytes.
   * @returns `false` when the header with all it announces does not fit.
   */
  at(bytes: Uint8Array, offset = 0, end: number = bytes.length): boolean {
    if (!(offset >= 0 && end - offset >= 4)) return false;
    return this.move(bytes, offset, end, greHeaderLength(readUint16(bytes, offset)));
  }

  /** Flags and version: checksum 0x8000, key 0x2000, sequence number 0x1000, 0–65535. */
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

  /** EtherType of what is inside, 0–65535. */
  get protocolType(): number {
    return readUint16(this.bytes, this.offset + PROTOCOL_TYPE);
  }

  /**
   * Writes the field protocolType. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setProtocolType(value: number): void {
    writeUint16(this.bytes, this.offset + PROTOCOL_TYPE, value);
  }

  /** Whether a checksum is there. */
  get hasChecksum(): boolean {
    return (this.flags & GRE_FLAG.CHECKSUM) !== 0;
  }

  /** The checksum field, 0–65535; 0 when there is none. */
  get checksum(): number {
    return this.hasChecksum ? readUint16(this.bytes, this.offset + CHECKSUM) : 0;
  }

  /** Bytes of header, 4–16. */
  get headerLength(): number {
    return greHeaderLength(this.flags);
  }

  /** Index of the first byte of what is inside. */
  get payloadOffset(): number {
    return this.offset + this.headerLength;
  }
}
