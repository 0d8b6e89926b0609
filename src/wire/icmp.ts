/**
 * A view of an ICMP or ICMPv6 header, which have one shape: type, code, checksum and a second word.
 *
 * Errors carry a quote of the packet they are about behind these 8 bytes. The checksum of ICMP covers
 * the message alone, that of ICMPv6 a pseudo-header too. Sources: RFC 792, RFC 4443.
 */
import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';
import { HeaderView } from './header-view.js';

/** Types of ICMP (IPv4) by name. */
export const ICMP_TYPE = {
  /** Answer to an echo request. */
  ECHO_REPLY: 0,
  /** Destination unreachable; code 3 port, code 4 fragmentation needed. */
  UNREACHABLE: 3,
  /** Source quench. */
  SOURCE_QUENCH: 4,
  /** Redirect. */
  REDIRECT: 5,
  /** Echo request. */
  ECHO: 8,
  /** Time exceeded. */
  TIME_EXCEEDED: 11,
  /** Parameter problem. */
  PARAMETER_PROBLEM: 12,
} as const;

/** Types of ICMPv6 by name; those below 128 are errors. */
export const ICMPV6_TYPE = {
  /** Destination unreachable; code 4 port. */
  UNREACHABLE: 1,
  /** Packet too big. */
  PACKET_TOO_BIG: 2,
  /** Time exceeded. */
  TIME_EXCEEDED: 3,
  /** Parameter problem. */
  PARAMETER_PROBLEM: 4,
  /** Echo request. */
  ECHO: 128,
  /** Answer to an echo request. */
  ECHO_REPLY: 129,
} as const;

const TYPE = 0;
const CODE = 1;
const CHECKSUM = 2;
const SECOND_WORD = 4;

/** A reusable view of an ICMP or ICMPv6 header. */
export class IcmpView extends HeaderView {
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

  /** What kind of message it is, 0–255. */
  get type(): number {
    return this.bytes[this.offset + TYPE];
  }

  /**
   * Writes the field type. No checksum follows.
   *
   * @param value - 0–255.
   */
  setType(value: number): void {
    this.bytes[this.offset + TYPE] = value;
  }

  /** The kind in detail, 0–255. */
  get code(): number {
    return this.bytes[this.offset + CODE];
  }

  /**
   * Writes the field code. No checksum follows.
   *
   * @param value - 0–255.
   */
  setCode(value: number): void {
    this.bytes[this.offset + CODE] = value;
  }

  /** The checksum field, 0–65535. */
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

  /** The second word: identifier and sequence, a pointer, or an MTU, 0–4294967295. */
  get secondWord(): number {
    return readUint32(this.bytes, this.offset + SECOND_WORD);
  }

  /**
   * Writes the field secondWord. No checksum follows.
   *
   * @param value - 0–4294967295.
   */
  setSecondWord(value: number): void {
    writeUint32(this.bytes, this.offset + SECOND_WORD, value);
  }

  /** Index of the first byte behind the header: of the quoted packet in an error. */
  get payloadOffset(): number {
    return this.offset + 8;
  }
}
