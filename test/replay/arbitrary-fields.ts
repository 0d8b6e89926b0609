/**
 * The fields of a frame whose value is arbitrary by nature, in one table, and their masking.
 *
 * A masked field is set to 0 in both frames; the checksums over it are compared as right or wrong
 * instead of by value.
 */
import { writeIpv4Checksum } from '../../src/wire/checksum.js';
import {
  IP_PROTOCOL,
  Packet,
  readUint16,
  verifyChecksums,
  writeUint16,
} from '../../src/wire/index.js';

const UDP_HEADER_LENGTH = 8;
/** IPv4 options. */
const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const TIMESTAMP = 68;

/** What is arbitrary, and why. */
export const ARBITRARY_FIELDS: Readonly<Record<string, string>> = {
  'identification of ICMP errors': 'drawn by the host that makes the error',
  'identification of tunnel headers without DF': 'drawn by the host that encapsulates',
  'identification of IPv6 fragments': 'drawn anew by the host that cuts',
  'flow label of ICMPv6 errors': 'a hash with a secret',
  'source port of GUE, and its checksum': 'a hash with a secret',
  'IPv4 timestamp option': 'the time of day of the recording',
};

/**
 * Sets arbitrary fields to 0.
 *
 * @param frame - An Ethernet frame; changed.
 * @param isTunnelSource - Tells the director's own address, from which only tunnel packets leave.
 * @param shortestOwnTtl - The least TTL of an ICMP error that the director's host made: one that it sends to itself
 *   passes the director; default 64.
 * @returns The frame.
 */
export function maskArbitraryFields(
  frame: Uint8Array,
  isTunnelSource: (packet: Packet) => boolean,
  shortestOwnTtl = 64,
): Uint8Array {
  const packet = new Packet();
  if (packet.parseFrame(frame) === 'ok') maskPacket(packet, isTunnelSource(packet), shortestOwnTtl);
  return frame;
}

function maskPacket(packet: Packet, isTunnel: boolean, shortestOwnTtl: number): void {
  const { bytes, offset, family, transportOffset: at } = packet;
  const isError = isOwnError(packet, shortestOwnTtl);
  const right = verifyChecksums(packet);
  if (family === 4) {
    if (isError || (isTunnel && !packet.dontFragment)) writeUint16(bytes, offset + 4, 0);
    maskTimestamp(packet);
    writeIpv4Checksum(bytes, offset);
  } else {
    if (isError) bytes.fill(0, offset + 1, offset + 4);
    const fragment = packet.extensions.fragmentHeaderOffset;
    if (fragment >= 0) bytes.fill(0, fragment + 4, fragment + 8);
  }
  if (!isTunnel || packet.fragmentOffset !== 0) return;
  if (packet.protocol === IP_PROTOCOL.UDP) {
    const hasChecksum = readUint16(bytes, at + 6) !== 0;
    writeUint16(bytes, at, 0);
    writeUint16(bytes, at + 6, hasChecksum ? Number(right) + 1 : 0);
  }
  maskInner(packet);
}

/** The packet inside a tunnel can carry a timestamp option. */
function maskInner(outer: Packet): void {
  const { bytes, transportOffset: at } = outer;
  const gre = bytes[at] === 0x80 ? 8 : 4;
  // The five lowest bits of a GUE header's first byte count the words behind its first one.
  const gue = UDP_HEADER_LENGTH + 4 + 4 * (bytes[at + UDP_HEADER_LENGTH] & 0x1f);
  const skip: Record<number, number> = { [IP_PROTOCOL.GRE]: gre, [IP_PROTOCOL.UDP]: gue };
  const inner = new Packet();
  const from = at + (skip[outer.protocol] ?? 0);
  if (outer.isFragment || from > outer.end) return;
  if (inner.parse(bytes, from, outer.end - from) !== 'ok' || inner.headerLength <= 20) return;
  if (!maskTimestamp(inner)) return;
  writeIpv4Checksum(bytes, inner.offset);
  // The checksums of GUE and GRE cover the option.
  if (outer.protocol === IP_PROTOCOL.GRE && gre === 8) writeUint16(bytes, at + 4, 0);
}

/** Clears what hosts on the way wrote into timestamp options, and tells whether there was one. */
function maskTimestamp(packet: Packet): boolean {
  const { bytes, offset } = packet;
  const end = offset + packet.headerLength;
  let masked = false;
  if (packet.family !== 4) return masked;
  for (let at = offset + 20; at < end && bytes[at] !== END_OF_OPTIONS;) {
    const length = bytes[at] === NO_OPERATION ? 1 : bytes[at + 1];
    if (length < 1 || at + length > end) return masked;
    if (bytes[at] === TIMESTAMP) {
      bytes.fill(0, at + 4, at + length);
      masked = true;
    }
    at += length;
  }
  return masked;
}

function isOwnError(packet: Packet, shortestTtl: number): boolean {
  if (packet.timeToLive < shortestTtl || packet.timeToLive > 64) return false;
  const type = packet.bytes[packet.transportOffset];
  if (packet.family === 6) return packet.protocol === IP_PROTOCOL.ICMPV6 && type < 128;
  return packet.protocol === IP_PROTOCOL.ICMP && [3, 11].includes(type);
}
