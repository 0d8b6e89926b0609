/**
 * What is known of a packet that was parsed: its place, and its header fields as accessors.
 *
 * Words are read through a `DataView`; nothing here checks anything, since parsing did. Sources: RFC
 * 791, RFC 8200.
 */
import type { AddressWords } from '../address-words.js';
import type { AddressFamily } from '../ip-address.js';
import type { FragmentTrace } from './fragment-trace.js';
import { NO_BYTES, NO_VIEW } from './no-bytes.js';
import { Ipv6Extensions } from './ipv6-extensions.js';
import { DestinationAddress, SourceAddress } from './packet-address.js';

/** The fields of one IP packet within the caller's bytes. */
export abstract class PacketFields {
  /** The bytes that hold the packet. */
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
  /** Forgets where in its datagram a fragment is, as if it were the first one. */
  takeAsFirstFragment(): void {
    this.placement &= 1;
  }

  /** Whether it is IPv4 and has options behind its fixed header. */
  hasOptions = false;
  /** How the packet was reassembled from fragments; `undefined` when it came whole. */
  trace: FragmentTrace | undefined = undefined;
  /** The way through the extension headers; describes the packet only when it is IPv6. */
  readonly extensions: Ipv6Extensions = new Ipv6Extensions();
  /** The source address; reads the packet's bytes. */
  readonly source: AddressWords = new SourceAddress(this);
  /** The destination address; reads the packet's bytes. */
  readonly destination: AddressWords = new DestinationAddress(this);
  /** Fragment offset in bytes, plus 1 when later fragments exist. */
  protected placement = 0;

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

  /** Whether it is a fragment of a datagram, the first or a later one. */
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
}
