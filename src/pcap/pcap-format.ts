/**
 * The classic pcap file: a header of 24 bytes, then records of 16 bytes and a packet each.
 *
 * The magic number tells byte order and whether fractions of a second are micro- or nanoseconds.
 * Source: draft-ietf-opsawg-pcap.
 */

/** What is in front of the IP header in each record. */
export type PcapLinkType = 'ethernet' | 'raw-ip';

/** One recorded packet. */
export interface PcapRecord {
  /** When it was seen: whole seconds since 1970, UTC, 0–4294967295. */
  readonly seconds: number;
  /** When it was seen: nanoseconds within the second, 0–999999999. */
  readonly nanoseconds: number;
  /** The bytes that were kept. */
  readonly bytes: Uint8Array;
  /** How many bytes it had on the wire, 0–4294967295; more than were kept when it was cut. */
  readonly originalLength: number;
}

/** Bytes of a file header. */
export const FILE_HEADER_LENGTH = 24;
/** Bytes of a record header. */
export const RECORD_HEADER_LENGTH = 16;
/** The greatest number of bytes a record may keep. */
export const MAX_RECORD_LENGTH = 262_144;
/** Magic number of files with microseconds. */
export const MAGIC_MICROSECONDS = 0xa1b2c3d4;
/** Magic number of files with nanoseconds. */
export const MAGIC_NANOSECONDS = 0xa1b23c4d;

const LINK_TYPES: Readonly<Record<number, PcapLinkType>> = {
  1: 'ethernet',
  12: 'raw-ip',
  14: 'raw-ip',
  101: 'raw-ip',
  228: 'raw-ip',
  229: 'raw-ip',
};

/**
 * The link type that a number in a file header stands for.
 *
 * @param value - The number, of which the lowest 16 bits count.
 * @returns The link type, or `undefined` for one this library does not know.
 */
export function linkTypeOf(value: number): PcapLinkType | undefined {
  return LINK_TYPES[value & 0xffff];
}

/**
 * The number that stands for a link type in a file header.
 *
 * @param linkType - The link type.
 * @returns 1 or 101.
 */
export function linkTypeNumber(linkType: PcapLinkType): number {
  return linkType === 'ethernet' ? 1 : 101;
}
