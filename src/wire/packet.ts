/**
 * One IP packet within somebody's bytes: checked once by `parse`, then read without any check.
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
import type { FragmentTrace } from './fragment-trace.js';
import { NO_BYTES, NO_VIEW } from './header-view.js';
import { Ipv6Extensions } from './ipv6-extensions.js';
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

/** A reusable window on one IP packet. */
export class Packet {
  /** The bytes the packet lies in. */
  bytes: Uint8Array = NO_BYTES;
  /** The same bytes, for reading and writing words; index 0 is that of {@link Packet.bytes}. */
  view: DataView = NO_VIEW;
  /** Index of the first byte of the frame; {@link Packet.offset} when there is no Ethernet header. */
  frameOffset = 0;
  /** Index of the first byte of the IP header. */
  offset = 0;
  /** Index behind the last byte of the packet. */
  end = 0;
  /** 4 or 6. */
  family: AddressFamily = 4;
  /** Protocol number of what follows the IP header and all extension headers. */
  protocol = 0;
  /** Index of the first byte behind the IP header and all extension headers. */
  transportOffset = 0;
  /** Whether it is IPv4 and has options behind its fixed header. */
  hasOptions = false;
  /** How the packet was put together from fragments; `undefined` when it came whole. */
  trace: FragmentTrace | undefined = undefined;
  /** The way through the extension headers; describes the packet only when it is IPv6. */
  readonly extensions: Ipv6Extensions = new Ipv6Extensions();
  /** Fragment offset in bytes, plus 1 when later fragments exist. */
  private placement = 0;

  /**
   * Points at an Ethernet frame; VLAN tags are passed over.
   *
   * @param bytes - The bytes the frame lies in.
   * @param offset - Index of its first byte; default 0.
   * @param length - Bytes of the frame; default: the rest.
   * @returns `'ok'`, or what is wrong with it.
   * @throws {RangeError} When the frame as described does not lie in the bytes.
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
   * @param bytes - The bytes the packet lies in.
   * @param offset - Index of its first byte; default 0.
   * @param length - Bytes that may belong to it; default: the rest.
   * @returns `'ok'`, or what is wrong with it.
   * @throws {RangeError} When the packet as described does not lie in the bytes.
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
   * nobody has to keep.
   *
   * @param bytes - The bytes the quote lies in.
   * @param offset - Index of its first byte.
   * @param length - Bytes of the quote.
   * @param family - The version it must have.
   * @returns `'ok'`, or what is wrong with it.
   * @throws {RangeError} When the quote as described does not lie in the bytes.
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

  /** Bytes of the IP packet, header included. */
  get length(): number {
    return this.end - this.offset;
  }

  /** Bytes of IP header and extension headers. */
  get headerLength(): number {
    return this.transportOffset - this.offset;
  }

  /** Bytes behind the IP header and all extension headers. */
  get transportLength(): number {
    return this.end - this.transportOffset;
  }

  /** Whether it is a piece of a datagram, the first or a later one. */
  get isFragment(): boolean {
    return this.placement !== 0;
  }

  /** Where the payload belongs in the whole datagram, in bytes; 0 unless it is a later fragment. */
  get fragmentOffset(): number {
    return this.placement & 0xfff8;
  }

  /** Whether later fragments of the same datagram exist. */
  get moreFragments(): boolean {
    return (this.placement & 1) !== 0;
  }

  /** Whether the two ports of TCP, UDP or SCTP can be read; says nothing about the protocol. */
  get hasPorts(): boolean {
    return this.placement < 8 && this.end - this.transportOffset >= 4;
  }

  /** TTL or hop limit, 0–255. */
  get timeToLive(): number {
    return this.bytes[this.offset + (this.family === 4 ? 8 : 7)];
  }

  /** Type of service or traffic class: DSCP and ECN, 0–255. */
  get typeOfService(): number {
    const { view, offset } = this;
    return this.family === 4 ? view.getUint8(offset + 1) : (view.getUint16(offset) >>> 4) & 0xff;
  }

  /** Whether routers must not cut it; always so for IPv6. */
  get dontFragment(): boolean {
    return this.family === 6 || (this.bytes[this.offset + 6] & 0x40) !== 0;
  }

  /** What the fragments of one datagram have in common; 0 for IPv6 without a fragment header. */
  get identification(): number {
    if (this.family === 4) return this.view.getUint16(this.offset + 4);
    return this.extensions.fragmentHeaderOffset < 0 ? 0 : this.extensions.identification;
  }

  /** Index of the source address. */
  get sourceOffset(): number {
    return this.offset + (this.family === 4 ? 12 : 8);
  }

  /** Index of the destination address. */
  get destinationOffset(): number {
    return this.offset + (this.family === 4 ? 16 : 24);
  }

  /** Bits 0–31 of the source address, signed; 0 for IPv4. */
  get sourceWord0(): number {
    return this.family === 4 ? 0 : this.view.getInt32(this.offset + 8);
  }

  /** Bits 32–63 of the source address, signed; 0 for IPv4. */
  get sourceWord1(): number {
    return this.family === 4 ? 0 : this.view.getInt32(this.offset + 12);
  }

  /** Bits 64–95 of the source address, signed; 0 for IPv4. */
  get sourceWord2(): number {
    return this.family === 4 ? 0 : this.view.getInt32(this.offset + 16);
  }

  /** Bits 96–127 of the source address, or the whole IPv4 address, signed. */
  get sourceWord3(): number {
    return this.view.getInt32(this.offset + (this.family === 4 ? 12 : 20));
  }

  /** Bits 0–31 of the destination address, signed; 0 for IPv4. */
  get destinationWord0(): number {
    return this.family === 4 ? 0 : this.view.getInt32(this.offset + 24);
  }

  /** Bits 32–63 of the destination address, signed; 0 for IPv4. */
  get destinationWord1(): number {
    return this.family === 4 ? 0 : this.view.getInt32(this.offset + 28);
  }

  /** Bits 64–95 of the destination address, signed; 0 for IPv4. */
  get destinationWord2(): number {
    return this.family === 4 ? 0 : this.view.getInt32(this.offset + 32);
  }

  /** Bits 96–127 of the destination address, or the whole IPv4 address, signed. */
  get destinationWord3(): number {
    return this.view.getInt32(this.offset + (this.family === 4 ? 16 : 36));
  }

  /** The source port, 0–65535; only when {@link Packet.hasPorts}. */
  get sourcePort(): number {
    return this.view.getUint16(this.transportOffset);
  }

  /** The destination port, 0–65535; only when {@link Packet.hasPorts}. */
  get destinationPort(): number {
    return this.view.getUint16(this.transportOffset + 2);
  }

  /**
   * Writes TTL or hop limit; the IPv4 header checksum is left as it is.
   *
   * @param value - 0–255.
   */
  setTimeToLive(value: number): void {
    this.bytes[this.offset + (this.family === 4 ? 8 : 7)] = value;
  }

  /**
   * Writes the source port; the transport checksum is left as it is.
   *
   * @param value - 0–65535.
   */
  setSourcePort(value: number): void {
    this.view.setUint16(this.transportOffset, value);
  }

  /**
   * Writes the destination port; the transport checksum is left as it is.
   *
   * @param value - 0–65535.
   */
  setDestinationPort(value: number): void {
    this.view.setUint16(this.transportOffset + 2, value);
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
