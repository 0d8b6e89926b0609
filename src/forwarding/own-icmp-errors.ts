/**
 * ICMP errors of the director's own: how they are written. Which packet gets which: `ttl-and-mtu.ts` for limits,
 * `director/no-destination.ts` for a packet without a server.
 *
 * They go to the source of the offending packet, from its destination when that is the director's (IPv6: an address of
 * its own, not just of a local prefix), else from the director's address on the side of the source. IPv4: ToS
 * (offending & 0x1E) | 0xC0, TTL 64, 576 bytes at most; IPv6: hop limit 64, 1280 bytes at most. Never about an ICMP
 * error or a later fragment, never to or about multicast or broadcast. The quote is the packet as it came, but for its
 * TTL: that is one lower in the errors about a packet too long for the way to its server, and in the answers to
 * unexpected replies that pass through. Sources: RFC 1122, section 3.2.2; RFC 1812, section 4.3.2; RFC 4443, section
 * 2.4.
 */
import type { AddressWords } from '../address-words.js';
import { readUint16, writeUint16, writeUint32 } from '../wire/bytes.js';
import {
  changeOfUint16,
  checksum,
  sumBytes,
  updateChecksum,
  writeIpv4Checksum,
} from '../wire/checksum.js';
import { ICMP_TYPE, ICMPV6_TYPE } from '../wire/icmp-types.js';
import type { Packet } from '../wire/packet.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';
import type { Action } from './action.js';
import { type ForwardingEnvironment, ownAddress } from './environment.js';
import type { ForwardingOutput, Origin } from './output.js';

/** The errors a director makes about packets. */
export type IcmpErrorKind = 'ttl-exceeded' | 'too-long' | 'port-unreachable';

/** Bytes kept free in front of a packet in the output buffer, for a link header. */
export const LINK_ROOM = 32;

const MOST_QUOTED_4 = 548;
const MOST_QUOTED_6 = 1232;

/** Type · 256 + code of each kind. */
const kinds4: Readonly<Record<IcmpErrorKind, number>> = {
  'ttl-exceeded': ICMP_TYPE.TIME_EXCEEDED * 256,
  'too-long': ICMP_TYPE.UNREACHABLE * 256 + 4,
  'port-unreachable': ICMP_TYPE.UNREACHABLE * 256 + 3,
};
const kinds6: Readonly<Record<IcmpErrorKind, number>> = {
  'ttl-exceeded': ICMPV6_TYPE.TIME_EXCEEDED * 256,
  'too-long': ICMPV6_TYPE.PACKET_TOO_BIG * 256,
  'port-unreachable': ICMPV6_TYPE.UNREACHABLE * 256 + 4,
};

/**
 * Makes an ICMP error about a packet, in the output's buffer.
 *
 * @param environment - The host.
 * @param packet - The offending packet; not changed.
 * @param kind - What is wrong with it.
 * @param mtu - The MTU that it announces to the sender; 0 for the other kinds.
 * @param side - Where the packet came from; an error about a packet of the host goes to the host itself.
 * @param decremented - Whether the quote shows the TTL one lower than received.
 * @param output - Receives the error.
 * @returns `reply`, or `drop` when no error may or can be sent; the reason is the kind either way.
 */
export function makeIcmpError(
  environment: ForwardingEnvironment,
  packet: Packet,
  kind: IcmpErrorKind,
  mtu: number,
  side: Origin,
  decremented: boolean,
  output: ForwardingOutput,
): Action {
  if (!mayBeAnswered(packet)) return output.finish('drop', kind);
  const kindCode = (packet.family === 4 ? kinds4 : kinds6)[kind];
  const result = writeIcmpError(environment, packet, kindCode, mtu, side, output);
  if (result !== 'reply') return result;
  if (decremented) decrementQuotedTtl(output);
  finishIcmpError(output);
  return output.finish('reply', kind);
}

/**
 * Whether a packet is an ICMP or ICMPv6 error.
 *
 * @param packet - The packet.
 * @returns `true` for ICMP types 3, 4, 5, 11, 12 and ICMPv6 types below 128.
 */
export function isIcmpError(packet: Packet): boolean {
  if (packet.fragmentOffset !== 0 || packet.transportLength < 1) return false;
  const type = packet.bytes[packet.transportOffset];
  if (packet.family === 6) return packet.protocol === IP_PROTOCOL.ICMPV6 && type < 128;
  if (packet.protocol !== IP_PROTOCOL.ICMP) return false;
  return (
    type === ICMP_TYPE.UNREACHABLE ||
    type === ICMP_TYPE.SOURCE_QUENCH ||
    type === ICMP_TYPE.REDIRECT ||
    type === ICMP_TYPE.TIME_EXCEEDED ||
    type === ICMP_TYPE.PARAMETER_PROBLEM
  );
}

/**
 * Writes headers and quote of an ICMP error; the checksums are left to {@link finishIcmpError}.
 *
 * @param environment - The host.
 * @param packet - The offending packet, or what is known of it.
 * @param typeAndCode - ICMP type · 256 + code.
 * @param secondWord - The second word.
 * @param side - Where the offending packet came from.
 * @param output - Receives the error.
 * @param source - Its source; default: the rule above.
 * @returns `reply`, or `drop` when the host has no address to send from or the buffer no room.
 */
export function writeIcmpError(
  environment: ForwardingEnvironment,
  packet: Packet,
  typeAndCode: number,
  secondWord: number,
  side: Origin,
  output: ForwardingOutput,
  source?: AddressWords,
): Action {
  const { family } = packet;
  const headers = family === 4 ? 28 : 48;
  const quoted = Math.min(packet.length, family === 4 ? MOST_QUOTED_4 : MOST_QUOTED_6);
  const { buffer: bytes } = output;
  if (bytes.length < LINK_ROOM + headers + quoted) return output.finish('drop', 'no-room');
  if (!writeSource(environment, packet, side, bytes, source))
    return output.finish('drop', 'no-own-address');
  const at = LINK_ROOM;
  if (family === 4) writeHeader4(environment, packet, headers + quoted, bytes, at);
  else writeHeader6(packet, 8 + quoted, bytes, at);
  writeUint16(bytes, at + headers - 8, typeAndCode);
  writeUint16(bytes, at + headers - 6, 0);
  writeUint32(bytes, at + headers - 4, secondWord);
  // An element loop keeps the quote free of a subarray object.
  for (let index = 0; index < quoted; index++)
    bytes[at + headers + index] = packet.bytes[packet.offset + index];
  placeError(headers + quoted, side, output);
  return 'reply';
}

/**
 * Writes the ICMP checksum of an error that {@link writeIcmpError} wrote.
 *
 * @param output - Where the error lies.
 */
export function finishIcmpError(output: ForwardingOutput): void {
  const { bytes, offset, length } = output;
  if (output.family === 4) {
    writeUint16(bytes, offset + 22, checksum(bytes, offset + 20, length - 20));
    return;
  }
  const pseudo = sumBytes(bytes, offset + 8, 32, IP_PROTOCOL.ICMPV6 + length - 40);
  writeUint16(bytes, offset + 42, checksum(bytes, offset + 40, length - 40, pseudo));
}

/** Whether the rules allow an ICMP error about this packet. */
function mayBeAnswered(packet: Packet): boolean {
  if (packet.fragmentOffset !== 0 || isIcmpError(packet)) return false;
  const { bytes } = packet;
  const from = bytes[packet.sourceOffset];
  const to = bytes[packet.destinationOffset];
  if (packet.family === 6) {
    const { sourceWord0, sourceWord1, sourceWord2, sourceWord3 } = packet;
    return (
      from !== 0xff && to !== 0xff && (sourceWord0 | sourceWord1 | sourceWord2 | sourceWord3) !== 0
    );
  }
  return from < 224 && from !== 0 && to < 224;
}

/** Writes the error's source address; `false` when the host has none. */
function writeSource(
  environment: ForwardingEnvironment,
  packet: Packet,
  side: Origin,
  bytes: Uint8Array,
  source: AddressWords | undefined,
): boolean {
  const at = LINK_ROOM + (packet.family === 4 ? 12 : 8);
  if (source !== undefined) {
    writeAddress(source, bytes, at);
    return true;
  }
  const locality = environment.localityOf(packet.destination);
  if (locality === 'own' || (locality === 'prefix' && packet.family === 4)) {
    copyAddress(packet, packet.destinationOffset, bytes, at);
    return true;
  }
  if (side === 'host') {
    copyAddress(packet, packet.sourceOffset, bytes, at);
    return true;
  }
  const own = ownAddress(environment, side, packet.family);
  own?.toBytes(bytes, at);
  return own !== undefined;
}

function writeAddress(address: AddressWords, bytes: Uint8Array, at: number): void {
  const { family, word0, word1, word2, word3 } = address;
  const words = family === 4 ? [word3] : [word0, word1, word2, word3];
  for (const [index, word] of words.entries()) writeUint32(bytes, at + 4 * index, word);
}

function copyAddress(packet: Packet, from: number, bytes: Uint8Array, to: number): void {
  const length = packet.family === 4 ? 4 : 16;
  for (let index = 0; index < length; index++) bytes[to + index] = packet.bytes[from + index];
}

function writeHeader4(
  environment: ForwardingEnvironment,
  packet: Packet,
  length: number,
  bytes: Uint8Array,
  at: number,
): void {
  bytes[at] = 0x45;
  bytes[at + 1] = (packet.typeOfService & 0x1e) | 0xc0;
  writeUint16(bytes, at + 2, length);
  writeUint16(bytes, at + 4, environment.nextIdentification());
  writeUint16(bytes, at + 6, 0);
  bytes[at + 8] = 64;
  bytes[at + 9] = IP_PROTOCOL.ICMP;
  copyAddress(packet, packet.sourceOffset, bytes, at + 16);
  writeIpv4Checksum(bytes, at);
}

function writeHeader6(packet: Packet, payloadLength: number, bytes: Uint8Array, at: number): void {
  writeUint32(bytes, at, 0x6000_0000);
  writeUint16(bytes, at + 4, payloadLength);
  bytes[at + 6] = IP_PROTOCOL.ICMPV6;
  bytes[at + 7] = 64;
  copyAddress(packet, packet.sourceOffset, bytes, at + 24);
}

function placeError(length: number, side: Origin, output: ForwardingOutput): void {
  output.side = side === 'server' ? 'server' : 'client';
  output.useBuffer(LINK_ROOM);
  output.length = length;
  output.fragmentLimit = length;
  output.trace = undefined;
  output.gateway = undefined;
  output.routedFrom = undefined;
}

function decrementQuotedTtl(output: ForwardingOutput): void {
  const { bytes } = output;
  const quote = output.offset + (output.family === 4 ? 28 : 48);
  if (output.family === 6) {
    bytes[quote + 7] -= 1;
    return;
  }
  const before = readUint16(bytes, quote + 8);
  writeUint16(bytes, quote + 8, before - 0x100);
  const change = changeOfUint16(before, before - 0x100);
  writeUint16(bytes, quote + 10, updateChecksum(readUint16(bytes, quote + 10), change));
}
