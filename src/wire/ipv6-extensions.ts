/**
 * The way through the IPv6 extension headers to the transport header.
 *
 * Walked over, in any order and number: hop-by-hop options, routing, destination options (n + 1) · 8
 * bytes, fragment 8, authentication (n + 2) · 4. The walk ends behind the fragment header of a later
 * fragment, where there is data and no header. Cost: one step per header, each at least 8 bytes.
 * Sources: RFC 8200, section 4; RFC 4302.
 */
import { readUint16, readUint32 } from './bytes.js';
import { IP_PROTOCOL } from './protocol-numbers.js';

/** Bytes of an IPv6 fragment header. */
export const FRAGMENT_HEADER_LENGTH = 8;

/** What a walk through the extension headers found; reusable. */
export class Ipv6Extensions {
  /** Protocol number of what follows the last header. */
  protocol = 0;
  /** Index of the first byte behind the last header. */
  transportOffset = 0;
  /** Index of the fragment header; −1 when there is none. */
  fragmentHeaderOffset = -1;
  /** Index of the byte that announces the fragment header; −1 when there is none. */
  fragmentAnnouncedAt = -1;
  /** Where the fragment's data belong in the whole, in bytes. */
  fragmentOffset = 0;
  /** Whether a later fragment exists. */
  moreFragments = false;
  /** What the fragments of one packet have in common, 0–4294967295. */
  identification = 0;

  /**
   * Walks from the end of the fixed header to the transport header.
   *
   * @param bytes - The bytes that hold the packet.
   * @param offset - Index of the fixed header, whose 40 bytes are there.
   * @param end - Index behind the packet's last byte.
   * @returns `false` when a header leaves the packet.
   */
  walk(bytes: Uint8Array, offset: number, end: number): boolean {
    this.fragmentHeaderOffset = -1;
    this.fragmentAnnouncedAt = -1;
    this.fragmentOffset = 0;
    this.moreFragments = false;
    let announcedAt = offset + 6;
    let at = offset + 40;
    while (this.fragmentOffset === 0 && isExtensionHeader(bytes[announcedAt])) {
      if (at + 8 > end) return false;
      const next = at + extensionHeaderLength(bytes[announcedAt], bytes[at + 1]);
      if (next > end) return false;
      if (bytes[announcedAt] === IP_PROTOCOL.FRAGMENT) this.readFragment(bytes, at, announcedAt);
      announcedAt = at;
      at = next;
    }
    this.protocol = bytes[announcedAt];
    this.transportOffset = at;
    return true;
  }

  private readFragment(bytes: Uint8Array, at: number, announcedAt: number): void {
    const placement = readUint16(bytes, at + 2);
    this.fragmentHeaderOffset = at;
    this.fragmentAnnouncedAt = announcedAt;
    this.fragmentOffset = placement & 0xfff8;
    this.moreFragments = (placement & 1) !== 0;
    this.identification = readUint32(bytes, at + 4);
  }
}

/**
 * Whether a protocol number names an extension header that is walked over.
 *
 * @param protocol - The number, 0–255.
 * @returns `true` for 0, 43, 44, 51 and 60.
 */
export function isExtensionHeader(protocol: number): boolean {
  return (
    protocol === IP_PROTOCOL.HOP_BY_HOP ||
    protocol === IP_PROTOCOL.ROUTING ||
    protocol === IP_PROTOCOL.FRAGMENT ||
    protocol === IP_PROTOCOL.AH ||
    protocol === IP_PROTOCOL.DESTINATION_OPTIONS
  );
}

/**
 * How long an extension header is.
 *
 * @param protocol - Protocol number that announces it.
 * @param field - Its second byte.
 * @returns Bytes.
 */
export function extensionHeaderLength(protocol: number, field: number): number {
  if (protocol === IP_PROTOCOL.FRAGMENT) return FRAGMENT_HEADER_LENGTH;
  return protocol === IP_PROTOCOL.AH ? (field + 2) * 4 : (field + 1) * 8;
}
