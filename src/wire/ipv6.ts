/**
 * A view of the fixed IPv6 header.
 *
 * The way through the extension headers is in `ipv6-extensions.ts`. Source: RFC 8200, section 3.
 */
import { readInt32, readUint16, writeUint16, writeUint32 } from './bytes.js';
import { IpAddress } from '../ip-address.js';
import { HeaderView } from './header-view.js';

/** Byte offsets of the IPv6 addresses within the header. */
export const IPV6_SOURCE = 8;
/** Byte offset of the destination address within the IPv6 header. */
export const IPV6_DESTINATION = 24;

const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;

/** A reusable view of the fixed IPv6 header. */
export class Ipv6View extends HeaderView {
  /**
   * Points the view at a header.
   *
   * @param bytes - The bytes that hold it.
   * @param offset - Index of its first byte.
   * @param end - Index behind the last byte that may be read; default: the end of the bytes.
   * @returns `false` when it is not version 6, or the header and the payload it announces do not fit.
   */
  at(bytes: Uint8Array, offset = 0, end: number = bytes.length): boolean {
    if (!(offset >= 0 && end - offset >= 40) || bytes[offset] >>> 4 !== 6) return false;
    return this.move(bytes, offset, end, 40 + readUint16(bytes, offset + PAYLOAD_LENGTH));
  }

  /** Bytes behind the fixed header, 0–65535. */
  get payloadLength(): number {
    return readUint16(this.bytes, this.offset + PAYLOAD_LENGTH);
  }

  /**
   * Writes the field payloadLength. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setPayloadLength(value: number): void {
    writeUint16(this.bytes, this.offset + PAYLOAD_LENGTH, value);
  }

  /** Protocol number of what follows, 0–255. */
  get nextHeader(): number {
    return this.bytes[this.offset + NEXT_HEADER];
  }

  /**
   * Writes the field nextHeader. No checksum follows.
   *
   * @param value - 0–255.
   */
  setNextHeader(value: number): void {
    this.bytes[this.offset + NEXT_HEADER] = value;
  }

  /** How many more routers may pass it on, 0–255. */
  get hopLimit(): number {
    return this.bytes[this.offset + HOP_LIMIT];
  }

  /**
   * Writes the field hopLimit. No checksum follows.
   *
   * @param value - 0–255.
   */
  setHopLimit(value: number): void {
    this.bytes[this.offset + HOP_LIMIT] = value;
  }

  /** Traffic class: DSCP and ECN, 0–255. */
  get trafficClass(): number {
    return (readUint16(this.bytes, this.offset) >>> 4) & 0xff;
  }

  /**
   * Writes the traffic class.
   *
   * @param value - 0–255.
   */
  setTrafficClass(value: number): void {
    const first = readUint16(this.bytes, this.offset);
    writeUint16(this.bytes, this.offset, (first & 0xf00f) | (value << 4));
  }

  /** Flow label, 0–1048575. */
  get flowLabel(): number {
    return readInt32(this.bytes, this.offset) & 0xfffff;
  }

  /**
   * Writes the flow label.
   *
   * @param value - 0–1048575.
   */
  setFlowLabel(value: number): void {
    const first = readInt32(this.bytes, this.offset);
    writeUint32(this.bytes, this.offset, (first & ~0xfffff) | value);
  }

  /** The sender, as a value of its own; allocates. */
  get source(): IpAddress {
    return IpAddress.fromBytes(6, this.bytes, this.offset + IPV6_SOURCE);
  }

  /** The receiver, as a value of its own; allocates. */
  get destination(): IpAddress {
    return IpAddress.fromBytes(6, this.bytes, this.offset + IPV6_DESTINATION);
  }
}
