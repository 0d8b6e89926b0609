/**
 * The Ethernet header: its length with VLAN tags, and writing one.
 *
 * Two addresses and a type, 14 bytes; each tag puts 4 more in front of the type. Source: IEEE 802.3,
 * 802.1Q, 802.1ad.
 */
import { readUint16 } from './bytes.js';
import type { MacAddress } from './mac-address.js';
import { ETHER_TYPE } from './protocol-numbers.js';

/** Bytes of an Ethernet header without tags. */
export const ETHERNET_HEADER_LENGTH = 14;

const TYPE = 12;

/**
 * How long the Ethernet header of a frame is, tags included.
 *
 * @param bytes - The bytes that hold the frame.
 * @param offset - Index of its first byte.
 * @param end - Index behind its last byte.
 * @returns 14, 18, 22, …; −1 when the frame ends before the type.
 */
export function ethernetHeaderLength(bytes: Uint8Array, offset: number, end: number): number {
  if (end - offset < ETHERNET_HEADER_LENGTH) return -1;
  const high = bytes[offset + TYPE];
  if (high !== 0x81 && high !== 0x88) return ETHERNET_HEADER_LENGTH;
  return taggedHeaderLength(bytes, offset, end);
}

function taggedHeaderLength(bytes: Uint8Array, offset: number, end: number): number {
  let type = offset + TYPE;
  while (type + 2 <= end) {
    const value = readUint16(bytes, type);
    if (value !== ETHER_TYPE.VLAN && value !== ETHER_TYPE.SERVICE_VLAN) return type + 2 - offset;
    type += 4;
  }
  return -1;
}

/**
 * Writes an Ethernet header without tags.
 *
 * @param view - Where to write.
 * @param offset - Index of its first byte; 14 must fit.
 * @param destination - Who receives the frame.
 * @param source - Who sends it.
 * @param etherType - What follows, 0–65535.
 */
export function writeEthernetHeader(
  view: DataView,
  offset: number,
  destination: MacAddress,
  source: MacAddress,
  etherType: number,
): void {
  // "| 0" marks a field as an integer for the engine, which spares a conversion to a double.
  view.setUint16(offset, destination.high | 0);
  view.setInt32(offset + 2, destination.low | 0);
  view.setUint16(offset + 6, source.high | 0);
  view.setInt32(offset + 8, source.low | 0);
  view.setUint16(offset + TYPE, etherType | 0);
}
