/**
 * A view of an IPv4 header with its options.
 *
 * Source: RFC 791, section 3.1; RFC 2474 and RFC 3168 for the type-of-service byte.
 */
import { readUint16, writeUint16 } from './bytes.js';
import { IpAddress } from '../ip-address.js';
import { checksum } from './checksum.js';
import { HeaderView } from './header-view.js';

/** Byte offset of the source address within the IPv4 header. */
export const IPV4_SOURCE = 12;
/** Byte offset of the destination address within the IPv4 header. */
export const IPV4_DESTINATION = 16;

const FRAGMENT = 6;
const TYPE_OF_SERVICE = 1;
const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const TIME_TO_LIVE = 8;
const PROTOCOL = 9;
const CHECKSUM = 10;

/** A reusable view of an IPv4 header. */
export class Ipv4View extends HeaderView {
  /**
   * Points the view at a header.
   *
   * @param bytes - The bytes that hold it.
   * @param offset - Index of its first byte.
   * @param end - Index behind the last byte that may be read; default: the end of the bytes.
   * @returns `false` when it is not version 4, or the lengths it announces contradict each other or do not fit.
   */
  at(bytes: Uint8Array, offset = 0, end: number = bytes.length): boolean {
    if (!(offset >= 0 && end - offset >= 20) || bytes[offset] >>> 4 !== 4) return false;
    const headerLength = (bytes[offset] & 0x0f) * 4;
    if (headerLength < 20 || readUint16(bytes, offset + TOTAL_LENGTH) < headerLength) return false;
    return this.move(bytes, offset, end, readUint16(bytes, offset + TOTAL_LENGTH));
  }

  /** DSCP (upper 6 bits) and ECN (lower 2 bits), 0–255. */
  get typeOfService(): number {
    return this.bytes[this.offset + TYPE_OF_SERVICE];
  }

  /**
   * Writes the field typeOfService. No checksum follows.
   *
   * @param value - 0–255.
   */
  setTypeOfService(value: number): void {
    this.bytes[this.offset + TYPE_OF_SERVICE] = value;
  }

  /** Bytes of header and payload, 0–65535. */
  get totalLength(): number {
    return readUint16(this.bytes, this.offset + TOTAL_LENGTH);
  }

  /**
   * Writes the field totalLength. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setTotalLength(value: number): void {
    writeUint16(this.bytes, this.offset + TOTAL_LENGTH, value);
  }

  /** What fragments of one datagram have in common, 0–65535. */
  get identification(): number {
    return readUint16(this.bytes, this.offset + IDENTIFICATION);
  }

  /**
   * Writes the field identification. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setIdentification(value: number): void {
    writeUint16(this.bytes, this.offset + IDENTIFICATION, value);
  }

  /** How many more routers may pass it on, 0–255. */
  get timeToLive(): number {
    return this.bytes[this.offset + TIME_TO_LIVE];
  }

  /**
   * Writes the field timeToLive. No checksum follows.
   *
   * @param value - 0–255.
   */
  setTimeToLive(value: number): void {
    this.bytes[this.offset + TIME_TO_LIVE] = value;
  }

  /** Protocol number of what follows, 0–255. */
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

  /** The header checksum field, 0–65535. */
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

  /** Bytes of header, options included, 20–60. */
  get headerLength(): number {
    return (this.bytes[this.offset] & 0x0f) * 4;
  }

  /** Whether routers must not cut it. */
  get dontFragment(): boolean {
    return (this.bytes[this.offset + FRAGMENT] & 0x40) !== 0;
  }

  /** Whether a later fragment of the same datagram exists. */
  get moreFragments(): boolean {
    return (this.bytes[this.offset + FRAGMENT] & 0x20) !== 0;
  }

  /** Where its payload belongs in the whole datagram, in bytes, 0–65528. */
  get fragmentOffset(): number {
    return (readUint16(this.bytes, this.offset + FRAGMENT) & 0x1fff) * 8;
  }

  /** Index of the first byte behind the header. */
  get payloadOffset(): number {
    return this.offset + this.headerLength;
  }

  /** The sender, as a value of its own; allocates. */
  get source(): IpAddress {
    return IpAddress.fromBytes(4, this.bytes, this.offset + IPV4_SOURCE);
  }

  /** The receiver, as a value of its own; allocates. */
  get destination(): IpAddress {
    return IpAddress.fromBytes(4, this.bytes, this.offset + IPV4_DESTINATION);
  }

  /** Whether the header checksum is right. */
  get hasValidChecksum(): boolean {
    return checksum(this.bytes, this.offset, this.headerLength) === 0;
  }

  /** Writes the header checksum that the header needs. */
  rewriteChecksum(): void {
    writeIpv4Checksum(this.bytes, this.offset);
  }
}

/**
 * Computes an IPv4 header checksum again and writes it.
 *
 * @param bytes - The bytes that hold the header.
 * @param offset - Index of its first byte.
 */
export function writeIpv4Checksum(bytes: Uint8Array, offset: number): void {
  writeUint16(bytes, offset + CHECKSUM, 0);
  const value = checksum(bytes, offset, (bytes[offset] & 0x0f) * 4);
  writeUint16(bytes, offset + CHECKSUM, value);
}
