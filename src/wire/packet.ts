/**
 * One IP packet within the caller's bytes: checked once by `parse`, then read without any check.
 *
 * A `Packet` is made once and pointed at one packet after the other; nothing is copied. It reads
 * words through a `DataView`, which is made when the array changes and not per packet: keep frames in
 * one large array and hand in offsets, and nothing is allocated.
 * After `'ok'` the fields and getters describe the packet and none of them can leave it; after any
 * other result they mean nothing until the next `'ok'`. Bytes behind the IP length (Ethernet padding)
 * are not part of the packet. Setters (`set…`) write one field; the functions of `rewrite.ts` also
 * update every checksum that covers it. Sources: RFC 791, RFC 8200.
 */
import type { AddressFamily } from '../ip-address.js';
import { requireWithin } from './bytes.js';
import { sumBytes, sumOfWord } from './checksum.js';
import { ethernetHeaderLength } from './ethernet.js';
import { PacketFields } from './packet-fields.js';
import { ETHER_TYPE } from './protocol-numbers.js';

/** Why bytes are no packet. */
export type PacketFault =
  | 'ethernet-header-truncated'
  | 'not-ip'
  | 'ip-header-truncated'
  | 'ip-version-unknown'
  | 'ip-header-length-invalid'
  | 'ip-length-invalid'
  | 'ip-checksum-wrong'
  | 'extension-header-truncated';

/** What parsing says: `'ok'`, or the fault. */
export type ParseResult = 'ok' | PacketFault;

/**
 * A reusable window on one IP packet.
 *
 * @example
 * {@includeCode ../../docs/examples/wire-packet.ts}
 */
export class Packet extends PacketFields {
  /**
   * Points at an Ethernet frame; VLAN tags are passed over.
   *
   * @param bytes - The bytes that hold the frame.
   * @param offset - Index of its first byte; default 0.
   * @param length - Bytes of the frame; default: the rest.
   * @returns `'ok'`, or what is wrong with it.
   * @throws {RangeError} When the frame as described exceeds the bytes.
   */
  parseFrame(bytes: Uint8Array, offset = 0, length: number = bytes.length - offset): ParseResult {
    requireWithin(bytes, offset, length);
    if (bytes !== this.bytes) this.adopt(bytes);
    this.frameOffset = offset;
    // Nearly every frame is IPv4 without a tag.
    const isPlain = length >= 14 && this.view.getUint16(offset + 12) === ETHER_TYPE.IPV4;
    if (isPlain) return this.parse4(offset + 14, offset + length);
    return this.parseOther(bytes, offset, offset + length);
  }

  /**
   * Points at an IP packet without Ethernet header.
   *
   * @param bytes - The bytes that hold the packet.
   * @param offset - Index of its first byte; default 0.
   * @param length - Bytes that may belong to it; default: the rest.
   * @returns `'ok'`, or what is wrong with it.
   * @throws {RangeError} When the packet as described exceeds the bytes.
   */
  parse(bytes: Uint8Array, offset = 0, length: number = bytes.length - offset): ParseResult {
    requireWithin(bytes, offset, length);
    if (length < 1) return 'ip-header-truncated';
    if (bytes !== this.bytes) this.adopt(bytes);
    this.frameOffset = offset;
    const version = bytes[offset] >>> 4;
    if (version === 4) return this.parse4(offset, offset + length);
    return version === 6 ? this.parse6(bytes, offset, offset + length) : 'ip-version-unknown';
  }

  /**
   * Points at the quote in an ICMP error: a packet that may be cut short and whose IP checksum
   * no sender has to keep.
   *
   * @param bytes - The bytes that hold the quote.
   * @param offset - Index of its first byte.
   * @param length - Bytes of the quote.
   * @param family - The version it must have.
   * @returns `'ok'`, or what is wrong with it.
   * @throws {RangeError} When the quote as described exceeds the bytes.
   */
  parseQuote(
    bytes: Uint8Array,
    offset: number,
    length: number,
    family: AddressFamily,
  ): ParseResult {
    requireWithin(bytes, offset, length);
    const end = offset + length;
    if (length < (family === 4 ? 20 : 40)) return 'ip-header-truncated';
    if (bytes[offset] >>> 4 !== family) return 'ip-version-unknown';
    if (bytes !== this.bytes) this.adopt(bytes);
    this.frameOffset = offset;
    if (family === 6) return this.point6(bytes, offset, end);
    const headerLength = (bytes[offset] & 0x0f) << 2;
    if (headerLength < 20 || headerLength > length) return 'ip-header-length-invalid';
    const { view } = this;
    const second = view.getInt32(offset + 4);
    return this.point4(offset, end, headerLength, second, view.getInt32(offset + 8));
  }

  /**
   * A view of some bytes: the one of the packet before, if that was in the same array.
   *
   * @param bytes - The bytes that hold the next packet.
   * @returns The view over all of them.
   */
  viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.bytes) this.adopt(bytes);
    return this.view;
  }

  /** Takes on another array, for which a view has to be made. */
  private adopt(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A frame with VLAN tags, or of another type than IPv4. */
  private parseOther(bytes: Uint8Array, offset: number, end: number): ParseResult {
    const headerLength = ethernetHeaderLength(bytes, offset, end);
    if (headerLength < 0) return 'ethernet-header-truncated';
    const at = offset + headerLength;
    const type = this.view.getUint16(at - 2);
    if (type === ETHER_TYPE.IPV4) return this.parse4(at, end);
    return type === ETHER_TYPE.IPV6 ? this.parse6(bytes, at, end) : 'not-ip';
  }

  private parse4(offset: number, end: number): ParseResult {
    if (end - offset < 20) return 'ip-header-truncated';
    const { view } = this;
    const first = view.getInt32(offset);
    const headerLength = (first >>> 22) & 0x3c;
    const packetEnd = offset + (first & 0xffff);
    if (first >>> 28 !== 4) return 'ip-version-unknown';
    if (headerLength < 20 || headerLength > end - offset) return 'ip-header-length-invalid';
    if (packetEnd < offset + headerLength || packetEnd > end) return 'ip-length-invalid';
    const second = view.getInt32(offset + 4);
    const third = view.getInt32(offset + 8);
    const sum =
      sumOfWord(first) +
      sumOfWord(second) +
      sumOfWord(third) +
      sumOfWord(view.getInt32(offset + 12)) +
      sumOfWord(view.getInt32(offset + 16));
    const whole = headerLength === 20 ? sum : this.addOptions(offset, headerLength, sum);
    // The sum is above 0, so it folds to 0xFFFF just when it is a multiple of 0xFFFF.
    if (whole % 0xffff !== 0) return 'ip-checksum-wrong';
    return this.point4(offset, packetEnd, headerLength, second, third);
  }

  private addOptions(offset: number, headerLength: number, sum: number): number {
    return sumBytes(this.bytes, offset + 20, headerLength - 20, sum);
  }

  /** Takes on a header of which the second and the third word are given. */
  private point4(
    offset: number,
    end: number,
    headerLength: number,
    second: number,
    third: number,
  ): ParseResult {
    this.offset = offset;
    this.end = end;
    this.family = 4;
    this.protocol = (third >>> 16) & 0xff;
    this.transportOffset = offset + headerLength;
    this.hasOptions = headerLength > 20;
    this.placement = ((second & 0x1fff) << 3) | ((second >>> 13) & 1);
    this.trace = undefined;
    return 'ok';
  }

  private parse6(bytes: Uint8Array, offset: number, end: number): ParseResult {
    if (end - offset < 40) return 'ip-header-truncated';
    if (bytes[offset] >>> 4 !== 6) return 'ip-version-unknown';
    const packetEnd = offset + 40 + this.view.getUint16(offset + 4);
    return packetEnd > end ? 'ip-length-invalid' : this.point6(bytes, offset, packetEnd);
  }

  private point6(bytes: Uint8Array, offset: number, end: number): ParseResult {
    const { extensions } = this;
    if (!extensions.walk(bytes, offset, end)) return 'extension-header-truncated';
    this.offset = offset;
    this.end = end;
    this.family = 6;
    this.protocol = extensions.protocol;
    this.transportOffset = extensions.transportOffset;
    this.hasOptions = false;
    this.placement = extensions.fragmentOffset | (extensions.moreFragments ? 1 : 0);
    this.trace = undefined;
    return 'ok';
  }
}
