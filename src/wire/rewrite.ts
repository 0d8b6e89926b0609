/**
 * Changing a packet in place while every checksum that covers the change stays as right as it was.
 *
 * Covered by what: TTL and IPv4 addresses by the IPv4 header checksum; addresses of both families by
 * the pseudo-header of TCP, UDP and ICMPv6; ports by TCP, UDP and SCTP. All but SCTP's are updated
 * incrementally, at a cost that does not depend on the packet's length; SCTP's CRC is computed again.
 * A UDP checksum of 0 (none) stays 0, a computed 0 becomes 0xFFFF. Later fragments carry no transport
 * header, so only the IP header changes. Sources: RFC 1624, RFC 768, RFC 9260.
 */
import type { AddressWords } from '../address-words.js';
import { readInt32, readUint16, writeUint16, writeUint32 } from './bytes.js';
import {
  changeOfUint16,
  changeOfUint32,
  checksumOf,
  sumBytes,
  sumOfWord,
  updateChecksum,
} from './checksum.js';
import type { Packet } from './packet.js';
import { IP_PROTOCOL } from './protocol-numbers.js';
import { writeSctpChecksum } from './sctp-checksum.js';

/**
 * Lowers TTL or hop limit by 1, which must be above 0, and keeps the IPv4 header checksum right.
 *
 * @param packet - The packet.
 */
export function decrementTimeToLive(packet: Packet): void {
  const { view, offset } = packet;
  if (packet.family === 4) {
    view.setInt32(offset + 8, hopWordAfter(view.getInt32(offset + 8)));
  } else {
    view.setUint8(offset + 7, view.getUint8(offset + 7) - 1);
  }
}

/**
 * The third word of an IPv4 header, which is TTL, protocol and checksum, with a TTL one lower.
 *
 * @param word - The word before, TTL above 0.
 * @returns The word after, its checksum updated.
 */
export function hopWordAfter(word: number): number {
  // A TTL one lower makes the checksum 0x100 greater.
  const sum = (word & 0xffff) + 0x100;
  const folded = (sum + ((sum + 1) >>> 16)) & 0xffff;
  return ((word - 0x0100_0000) & ~0xffff) | folded;
}

/**
 * Like {@link hopWordAfter}, when other words of the header changed too.
 *
 * @param word - The word before, TTL above 0.
 * @param change - Other changes of the header, as the functions of `checksum.ts` give them.
 * @returns The word after, its checksum updated for the TTL and the other changes.
 */
export function timeToLiveWordAfterHop(word: number, change: number): number {
  return ((word - 0x0100_0000) & ~0xffff) | updateChecksum(word & 0xffff, change + CHANGE_OF_HOP);
}

/** The change that a TTL falling by 1 makes: its 16 bits go down by 0x100. */
const CHANGE_OF_HOP = 0xffff - 0x100;

/**
 * Writes TTL or hop limit and keeps the IPv4 header checksum right.
 *
 * @param packet - The packet.
 * @param value - 0–255.
 */
export function rewriteTimeToLive(packet: Packet, value: number): void {
  if (packet.family === 4) {
    const change = changeOfUint16(packet.timeToLive << 8, value << 8);
    adjustAt(packet.bytes, packet.offset + 10, change);
  }
  packet.setTimeToLive(value);
}

/**
 * Writes the source address and keeps IP and transport checksums right.
 *
 * @param packet - The packet.
 * @param address - The new address, of the packet's family.
 */
export function rewriteSource(packet: Packet, address: AddressWords): void {
  const change = replaceAddress(packet, packet.sourceOffset, address);
  adjustTransportChecksum(packet, change, true);
}

/**
 * Writes the destination address and keeps IP and transport checksums right.
 *
 * @param packet - The packet.
 * @param address - The new address, of the packet's family.
 */
export function rewriteDestination(packet: Packet, address: AddressWords): void {
  const change = replaceAddress(packet, packet.destinationOffset, address);
  adjustTransportChecksum(packet, change, true);
}

/**
 * Writes the source port of TCP, UDP or SCTP and keeps the transport checksum right.
 *
 * @param packet - A packet whose whole transport header is there.
 * @param port - 0–65535.
 */
export function rewriteSourcePort(packet: Packet, port: number): void {
  const change = changeOfUint16(packet.sourcePort, port);
  packet.setSourcePort(port);
  adjustTransportChecksum(packet, change, false);
}

/**
 * Writes the destination port of TCP, UDP or SCTP and keeps the transport checksum right.
 *
 * @param packet - A packet whose whole transport header is there.
 * @param port - 0–65535.
 */
export function rewriteDestinationPort(packet: Packet, port: number): void {
  const change = changeOfUint16(packet.destinationPort, port);
  packet.setDestinationPort(port);
  adjustTransportChecksum(packet, change, false);
}

/**
 * Writes an address into the IP header, and keeps the IPv4 header checksum right but no transport
 * checksum.
 *
 * @param packet - The packet.
 * @param at - Index of the address, {@link Packet.sourceOffset} or {@link Packet.destinationOffset}.
 * @param address - The new address, of the packet's family.
 * @returns The change, for {@link adjustTransportChecksum}.
 */
export function replaceAddress(packet: Packet, at: number, address: AddressWords): number {
  const { bytes } = packet;
  const { word3 } = address;
  if (packet.family === 4) {
    const change = changeOfUint32(readInt32(bytes, at), word3);
    writeUint32(bytes, at, word3);
    adjustAt(bytes, packet.offset + 10, change);
    return change;
  }
  return (
    replaceWord(bytes, at, address.word0) +
    replaceWord(bytes, at + 4, address.word1) +
    replaceWord(bytes, at + 8, address.word2) +
    replaceWord(bytes, at + 12, word3)
  );
}

/**
 * Updates the transport checksum for a change of the bytes it covers.
 *
 * @param packet - The packet, already changed. Nothing happens when it has no transport checksum, or
 *   when that lies outside the packet or in another fragment.
 * @param change - The change, as the functions of `checksum.ts` give it.
 * @param pseudoHeaderOnly - `true` when only the pseudo-header changed, which SCTP does not cover.
 */
export function adjustTransportChecksum(
  packet: Packet,
  change: number,
  pseudoHeaderOnly: boolean,
): void {
  if (packet.fragmentOffset !== 0) return;
  const { bytes, transportOffset, protocol } = packet;
  if (protocol === IP_PROTOCOL.TCP) {
    if (packet.end >= transportOffset + 18) adjustAt(bytes, transportOffset + 16, change);
  } else if (protocol === IP_PROTOCOL.UDP) {
    if (packet.end >= transportOffset + 8) adjustUdp(bytes, transportOffset + 6, change);
  } else if (protocol === IP_PROTOCOL.ICMPV6) {
    if (packet.end >= transportOffset + 4) adjustAt(bytes, transportOffset + 2, change);
  } else if (protocol === IP_PROTOCOL.SCTP && !pseudoHeaderOnly) {
    if (packet.end >= transportOffset + 12 && !packet.moreFragments)
      writeSctpChecksum(bytes, transportOffset, packet.end);
  }
}

/**
 * The sum of a packet's pseudo-header, which TCP, UDP and ICMPv6 put in front of what they cover.
 *
 * @param packet - The packet.
 * @returns A sum for `checksumOf` or `sumBytes`.
 */
export function sumOfPseudoHeader(packet: Packet): number {
  const addresses = packet.family === 4 ? 8 : 32;
  const start = packet.protocol + sumOfWord(packet.transportLength);
  return sumBytes(packet.bytes, packet.sourceOffset, addresses, start);
}

/**
 * Computes the checksum of TCP, UDP or ICMPv6 again over pseudo-header and transport part, and writes it.
 *
 * @param packet - The packet, whole.
 * @param checksumOffset - Index of the checksum field within the transport header.
 */
export function recomputeTransportChecksum(packet: Packet, checksumOffset: number): void {
  const { bytes, transportOffset } = packet;
  writeUint16(bytes, transportOffset + checksumOffset, 0);
  const sum = sumBytes(bytes, transportOffset, packet.transportLength, sumOfPseudoHeader(packet));
  const value = checksumOf(sum);
  const sent = value === 0 && packet.protocol === IP_PROTOCOL.UDP ? 0xffff : value;
  writeUint16(bytes, transportOffset + checksumOffset, sent);
}

function replaceWord(bytes: Uint8Array, at: number, word: number): number {
  const change = changeOfUint32(readInt32(bytes, at), word);
  writeUint32(bytes, at, word);
  return change;
}

function adjustAt(bytes: Uint8Array, at: number, change: number): void {
  writeUint16(bytes, at, updateChecksum(readUint16(bytes, at), change));
}

function adjustUdp(bytes: Uint8Array, at: number, change: number): void {
  const old = readUint16(bytes, at);
  if (old === 0) return;
  const value = updateChecksum(old, change);
  writeUint16(bytes, at, value === 0 ? 0xffff : value);
}
