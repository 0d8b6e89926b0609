/**
 * A view of a UDP header.
 *
 * A checksum of 0 means that there is none; a computed 0 is sent as 0xFFFF. Source: RFC 768, and
 * RFC 8200, section 8.1, for IPv6.
 */
import { readUint16, writeUint16 } from './bytes.js';
import { HeaderView } from './header-view.js';

const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const LENGTH = 4;
const CHECKSUM = 6;

/** A reusable view of a UDP header. */
export class UdpView extends HeaderView {
  /**
   * Points the view at a header.
   *
   * @param bytes - The bytes that hold it.
   * @param offset - Index of its first byte.
   * @param end - Index behind the last byte that may be read; default: the end of the bytes.
   * @returns `false` when 8 bytes do not fit.
   */
  at(bytes: Uint8Array, offset = 0, end: number = bytes.length): boolean {
    return this.move(bytes, offset, end, 8);
  }

  /** The port it came from, 0–65535. */
  get sourcePort(): number {
    return readUint16(this.bytes, this.offset + SOURCE_PORT);
  }

  /**
   * Writes the field sourcePort. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setSourcePort(value: number): void {
    writeUint16(this.bytes, this.offset + SOURCE_PORT, value);
  }

  /** The port it goes to, 0–65535. */
  get destinationPort(): number {
    return readUint16(this.bytes, this.offset + DESTINATION_PORT);
  }

  /**
   * Writes the field destinationPort. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setDestinationPort(value: number): void {
    writeUint16(this.bytes, this.offset + DESTINATION_PORT, value);
  }

  /** Bytes of header and payload, as the header says, 0–65535. */
  get datagramLength(): number {
    return readUint16(this.bytes, this.offset + LENGTH);
  }

  /**
   * Writes the field datagramLength. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setDatagramLength(value: number): void {
    writeUint16(this.bytes, this.offset + LENGTH, value);
  }

  /** The checksum field; 0 = none, 0–65535. */
  get checksum(): number {
    return readUint16(this.bytes, this.offset + CHECKSUM);
  }

  /**
   * Writes the field checksum. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setChecksum(value: number): void {
    writeUint16(this.bytes, this.offset + CHECKSUM, value);
  }

  /** Index of the first payload byte. */
  get payloadOffset(): number {
    return this.offset + 8;
  }
}
