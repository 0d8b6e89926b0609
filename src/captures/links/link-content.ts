/**
 * What a link rule found in a frame: the IP packet in it, or the name of what it has instead.
 *
 * Made once, filled in again for each frame.
 */
import type { AddressFamily } from '../../ip-address.js';

/** How a link header gives the family of the packet behind it. */
export type FamilyField =
  /** Not at all: the packet's own version does. */
  | 'none'
  /** The link type itself does, so no other family can follow. */
  | 'fixed'
  /** 16 bits: 0x0800 or 0x86DD. */
  | 'ether-type'
  /** PPP's protocol number in 16 bits: 0x0021 or 0x0057. */
  | 'ppp'
  /** PPP's protocol number in 8 bits: 0x21 or 0x57. */
  | 'ppp-short'
  /** 16 bits as an EtherType, and Linux's address family in the byte eight bytes in front of it. */
  | 'netfilter'
  /** An address family in 32 bits, most significant byte first. */
  | 'big-endian'
  /** An address family in 32 bits, least significant byte first. */
  | 'little-endian';

/** The address family that is written for IPv6: that of macOS. */
const AF_INET6 = 30;
const AF_INET = 2;
/** Linux's address family for IPv6. */
const LINUX_INET6 = 10;
/** How far behind the family of a netfilter log its EtherType is. */
const NETFILTER_PROTOCOL = 8;

/** A reusable description of what is in a frame. */
export class LinkContent {
  /** The family of the IP packet; 0 when there is none. */
  family: AddressFamily | 0 = 0;
  /** Index of the first byte of the IP header. */
  offset = 0;
  /** What the frame has instead of IP, such as `ARP`. */
  other = '';
  /** How the family is given. */
  familyField: FamilyField = 'none';
  /** Index of the field that gives it. */
  familyAt = 0;
  /** Index of a 16-bit field with the length of what follows, or −1. */
  lengthAt = -1;
  /** Index of the attribute the packet is in, or −1; it begins with its length in 16 bits. */
  attributeAt = -1;
  /** Whether that length is written least significant byte first. */
  attributeIsLittleEndian = true;
  /** Index behind the packet's last byte, where something else follows it in the frame by design, or −1. */
  packetEnd = -1;
  /** Index of the receiver's Ethernet address, which the sender's follows, or −1. */
  addressesAt = -1;
  /** Index of the first byte that a frame check sequence covers. */
  checkedFrom = 0;
  /** Bytes at the end of the frame that the link adds, such as its frame check sequence. */
  trailerBytes = 0;

  /**
   * Begins with a frame.
   *
   * @param start - Index of its first byte.
   */
  begin(start: number): void {
    this.family = 0;
    this.familyField = 'none';
    this.lengthAt = -1;
    this.attributeAt = -1;
    this.packetEnd = -1;
    this.addressesAt = -1;
    this.checkedFrom = start;
    this.trailerBytes = 0;
  }

  /**
   * Records an IP packet.
   *
   * @param family - Its family.
   * @param offset - Index of its first byte.
   * @param familyField - How the link header gives the family.
   * @param familyAt - Index of that field.
   */
  found(family: AddressFamily, offset: number, familyField: FamilyField, familyAt: number): void {
    this.family = family;
    this.offset = offset;
    this.familyField = familyField;
    this.familyAt = familyAt;
  }

  /**
   * Records that there is no IP packet.
   *
   * @param other - What there is instead.
   */
  nothing(other: string): void {
    this.family = 0;
    this.other = other;
  }
}

/**
 * Changes a link header for a packet of another family or length than it was made for.
 *
 * @param bytes - The bytes it is in.
 * @param content - What was found there; indices are moved by `shift`.
 * @param shift - What is added to the indices, when the header was copied elsewhere.
 * @param family - The family of the packet that follows now.
 * @param growth - How many bytes longer the packet is.
 * @returns `false` when this link cannot carry the family.
 */
export function adaptLinkHeader(
  bytes: Uint8Array,
  content: LinkContent,
  shift: number,
  family: AddressFamily,
  growth: number,
): boolean {
  const { familyField, lengthAt } = content;
  if (growth !== 0 && lengthAt >= 0) {
    const at = lengthAt + shift;
    const length = ((bytes[at] << 8) | bytes[at + 1]) + growth;
    bytes[at] = length >>> 8;
    bytes[at + 1] = length & 0xff;
  }
  if (family === content.family || familyField === 'none') return true;
  if (familyField === 'fixed') return false;
  writeFamily(bytes, content.familyAt + shift, familyField, family === 4);
  return true;
}

function writeFamily(bytes: Uint8Array, at: number, field: FamilyField, isIpv4: boolean): void {
  const family = isIpv4 ? AF_INET : AF_INET6;
  if (field === 'ether-type' || field === 'netfilter') {
    bytes.set(isIpv4 ? [0x08, 0x00] : [0x86, 0xdd], at);
    if (field === 'netfilter') bytes[at - NETFILTER_PROTOCOL] = isIpv4 ? AF_INET : LINUX_INET6;
  } else if (field === 'ppp') bytes.set([0x00, isIpv4 ? 0x21 : 0x57], at);
  else if (field === 'ppp-short') bytes[at] = isIpv4 ? 0x21 : 0x57;
  else if (field === 'big-endian') bytes.set([0, 0, 0, family], at);
  else bytes.set([family, 0, 0, 0], at);
}
