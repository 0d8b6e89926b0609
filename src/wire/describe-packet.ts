/**
 * A description from bytes, and a check of all checksums.
 *
 * Allocates; the hot path reads a {@link Packet} instead.
 */
import { copyBytes } from './copy-bytes.js';
import { IpAddress } from '../ip-address.js';
import { readInt32, readUint16, readUint32 } from './bytes.js';
import { checksum } from './checksum.js';
import { extensionHeaderLength } from './ipv6-extensions.js';
import type { Packet } from './packet.js';
import type {
  ExtensionDescription,
  PacketDescription,
  TransportDescription,
} from './packet-description.js';
import { IP_PROTOCOL } from './protocol-numbers.js';
import { sumOfPseudoHeader } from './rewrite.js';
import { isSctpChecksumRight } from './sctp-checksum.js';

/**
 * Describes a packet.
 *
 * @param packet - A packet that was parsed.
 * @returns All its fields but lengths and checksums; byte arrays are copies. A transport header that
 *   is cut short, contradicts the length of the packet, or is in another fragment is described as `raw`.
 */
export function describePacket(packet: Packet): PacketDescription {
  const { bytes, offset, transportOffset, end, family } = packet;
  const [transport, payloadOffset] = describeTransport(packet);
  const common = {
    source: IpAddress.fromBytes(family, bytes, packet.sourceOffset),
    destination: IpAddress.fromBytes(family, bytes, packet.destinationOffset),
    timeToLive: packet.timeToLive,
    typeOfService: packet.typeOfService,
    transport,
    payload: copyBytes(bytes, payloadOffset, end),
  };
  if (family === 6) {
    const flowLabel = readInt32(bytes, offset) & 0xfffff;
    return { ...common, flowLabel, extensions: describeExtensions(packet) };
  }
  return {
    ...common,
    identification: packet.identification,
    dontFragment: packet.dontFragment,
    moreFragments: packet.moreFragments,
    fragmentOffset: packet.fragmentOffset,
    options: copyBytes(bytes, offset + 20, transportOffset),
  };
}

/**
 * Whether every checksum of a packet is right.
 *
 * @param packet - A packet that was parsed, so that its IP header is right.
 * @returns `false` when TCP, UDP, SCTP, ICMP or ICMPv6 has a wrong checksum. Fragments, transport
 *   headers cut short and UDP without checksum over IPv4 are not checked.
 */
export function verifyChecksums(packet: Packet): boolean {
  if (packet.isFragment) return true;
  const { bytes, transportOffset: at, transportLength: length, protocol } = packet;
  if (protocol === IP_PROTOCOL.ICMP) return length < 8 || checksum(bytes, at, length) === 0;
  if (protocol === IP_PROTOCOL.SCTP)
    return length < 12 || isSctpChecksumRight(bytes, at, packet.end);
  if (protocol === IP_PROTOCOL.UDP && length >= 8 && readUint16(bytes, at + 6) === 0)
    return packet.family === 4;
  const needed = minimumOf[protocol];
  if (needed === undefined || length < needed) return true;
  return checksum(bytes, at, length, sumOfPseudoHeader(packet)) === 0;
}

const minimumOf: Readonly<Record<number, number>> = {
  [IP_PROTOCOL.TCP]: 20,
  [IP_PROTOCOL.UDP]: 8,
  [IP_PROTOCOL.ICMPV6]: 8,
};

function describeTransport(packet: Packet): [TransportDescription, number] {
  const { bytes, transportOffset: at, end, protocol } = packet;
  if (packet.fragmentOffset === 0) {
    if (protocol === IP_PROTOCOL.TCP) return describeTcp(bytes, at, end) ?? raw(packet);
    if (protocol === IP_PROTOCOL.UDP) return describeUdp(bytes, at, end) ?? raw(packet);
    if (protocol === IP_PROTOCOL.SCTP) return describeSctp(bytes, at, end) ?? raw(packet);
    if (protocol === (packet.family === 4 ? IP_PROTOCOL.ICMP : IP_PROTOCOL.ICMPV6))
      return describeIcmp(bytes, at, end) ?? raw(packet);
  }
  return raw(packet);
}

function raw(packet: Packet): [TransportDescription, number] {
  return [{ type: 'raw', protocol: packet.protocol }, packet.transportOffset];
}

type Found = [TransportDescription, number] | undefined;

function describeTcp(bytes: Uint8Array, at: number, end: number): Found {
  if (end - at < 20) return undefined;
  const headerLength = (bytes[at + 12] >>> 4) * 4;
  if (headerLength < 20 || headerLength > end - at) return undefined;
  const payloadOffset = at + headerLength;
  return [
    {
      type: 'tcp',
      ...describePorts(bytes, at),
      sequenceNumber: readUint32(bytes, at + 4),
      acknowledgmentNumber: readUint32(bytes, at + 8),
      flags: bytes[at + 13],
      window: readUint16(bytes, at + 14),
      urgentPointer: readUint16(bytes, at + 18),
      options: copyBytes(bytes, at + 20, payloadOffset),
    },
    payloadOffset,
  ];
}

function describeUdp(bytes: Uint8Array, at: number, end: number): Found {
  if (end - at < 8 || readUint16(bytes, at + 4) !== end - at) return undefined;
  return [{ type: 'udp', ...describePorts(bytes, at) }, at + 8];
}

function describeSctp(bytes: Uint8Array, at: number, end: number): Found {
  if (end - at < 12) return undefined;
  const verificationTag = readUint32(bytes, at + 4);
  return [{ type: 'sctp', ...describePorts(bytes, at), verificationTag }, at + 12];
}

function describeIcmp(bytes: Uint8Array, at: number, end: number): Found {
  if (end - at < 8) return undefined;
  const secondWord = readUint32(bytes, at + 4);
  return [{ type: 'icmp', icmpType: bytes[at], code: bytes[at + 1], secondWord }, at + 8];
}

function describePorts(
  bytes: Uint8Array,
  at: number,
): { sourcePort: number; destinationPort: number } {
  return { sourcePort: readUint16(bytes, at), destinationPort: readUint16(bytes, at + 2) };
}

function describeExtensions(packet: Packet): ExtensionDescription[] {
  const { bytes, transportOffset } = packet;
  const found: ExtensionDescription[] = [];
  let protocol = bytes[packet.offset + 6];
  let at = packet.offset + 40;
  while (at < transportOffset) {
    const length = extensionHeaderLength(protocol, bytes[at + 1]);
    const copy = copyBytes(bytes, at, at + length);
    // What it announces follows from the rest of the description.
    copy[0] = 0;
    found.push({ protocol, bytes: copy });
    protocol = bytes[at];
    at += length;
  }
  return found;
}
