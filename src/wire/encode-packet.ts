/**
 * Bytes from a description, with all lengths and checksums right.
 *
 * Allocates; the hot path rewrites packets instead of encoding them.
 */
import { requireInteger } from '../errors.js';
import { IpAddress } from '../ip-address.js';
import { writeUint16, writeUint32 } from './bytes.js';
import { checksum, writeIpv4Checksum } from './checksum.js';
import { Packet } from './packet.js';
import type { PacketDescription, TransportDescription } from './packet-description.js';
import { IP_PROTOCOL } from './protocol-numbers.js';
import { requireDescription } from './require-description.js';
import { recomputeTransportChecksum } from './rewrite.js';
import { writeSctpChecksum } from './sctp-checksum.js';

const NOTHING: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/**
 * Makes the bytes of a packet.
 *
 * @param description - The packet.
 * @param headroom - Unused bytes in front, 0 or more, such as 14 for an Ethernet header; default 0.
 * @returns `headroom` zero bytes, then the packet.
 * @throws {TypeError} When a value has the wrong type, or a name is unknown.
 * @throws {RangeError} When a value is out of range, or the addresses are of two families.
 */
export function encodePacket(description: PacketDescription, headroom = 0): Uint8Array {
  requireInteger('headroom', headroom, 0, 65535);
  requireDescription(description);
  const source = IpAddress.from(description.source);
  const destination = IpAddress.from(description.destination);
  if (source.family !== destination.family)
    throw new RangeError(
      `Invalid packet: expected two addresses of one family, got ${source} and ${destination}`,
    );
  const body = encodeTransport(description.transport, description.payload ?? NOTHING);
  const packet =
    source.family === 4
      ? encodeIpv4(description, source, destination, body, headroom)
      : encodeIpv6(description, source, destination, body, headroom);
  writeTransportChecksum(packet, headroom, description.transport);
  return packet;
}

/** The IP protocol number of a transport over a family. */
function protocolOf(transport: TransportDescription, family: 4 | 6): number {
  switch (transport.type) {
    case 'tcp':
      return IP_PROTOCOL.TCP;
    case 'udp':
      return IP_PROTOCOL.UDP;
    case 'sctp':
      return IP_PROTOCOL.SCTP;
    case 'icmp':
      return family === 4 ? IP_PROTOCOL.ICMP : IP_PROTOCOL.ICMPV6;
    default:
      return requireInteger('protocol', transport.protocol, 0, 255);
  }
}

function encodeIpv4(
  description: PacketDescription,
  source: IpAddress,
  destination: IpAddress,
  body: Uint8Array,
  at: number,
): Uint8Array {
  const options = description.options ?? NOTHING;
  requireMultipleOfFour('IPv4 options', options);
  const headerLength = 20 + options.length;
  const length = requireInteger('IPv4 length', headerLength + body.length, 20, 65535);
  const bytes = new Uint8Array(at + length);
  const fragment = requireInteger('fragment offset', description.fragmentOffset ?? 0, 0, 65528) / 8;
  bytes[at] = 0x40 | (headerLength / 4);
  bytes[at + 1] = requireInteger('type of service', description.typeOfService ?? 0, 0, 255);
  writeUint16(bytes, at + 2, length);
  writeUint16(bytes, at + 4, requireUint16('identification', description.identification));
  const flags =
    (description.dontFragment === true ? 0x4000 : 0) |
    (description.moreFragments === true ? 0x2000 : 0);
  writeUint16(bytes, at + 6, flags | fragment);
  bytes[at + 8] = requireInteger('TTL', description.timeToLive ?? 64, 0, 255);
  bytes[at + 9] = protocolOf(description.transport, 4);
  source.toBytes(bytes, at + 12);
  destination.toBytes(bytes, at + 16);
  bytes.set(options, at + 20);
  bytes.set(body, at + headerLength);
  writeIpv4Checksum(bytes, at);
  return bytes;
}

function encodeIpv6(
  description: PacketDescription,
  source: IpAddress,
  destination: IpAddress,
  body: Uint8Array,
  at: number,
): Uint8Array {
  const extensions = description.extensions ?? [];
  let payloadLength = body.length;
  for (const extension of extensions) payloadLength += extension.bytes.length;
  requireInteger('IPv6 payload length', payloadLength, 0, 65535);
  const bytes = new Uint8Array(at + 40 + payloadLength);
  const trafficClass = requireInteger('traffic class', description.typeOfService ?? 0, 0, 255);
  const flowLabel = requireInteger('flow label', description.flowLabel ?? 0, 0, 0xfffff);
  writeUint32(bytes, at, 0x6000_0000 + trafficClass * 0x10_0000 + flowLabel);
  writeUint16(bytes, at + 4, payloadLength);
  bytes[at + 7] = requireInteger('hop limit', description.timeToLive ?? 64, 0, 255);
  source.toBytes(bytes, at + 8);
  destination.toBytes(bytes, at + 24);
  let announcedAt = at + 6;
  let next = at + 40;
  for (const extension of extensions) {
    bytes[announcedAt] = extension.protocol;
    bytes.set(extension.bytes, next);
    announcedAt = next;
    next += extension.bytes.length;
  }
  bytes[announcedAt] = protocolOf(description.transport, 6);
  bytes.set(body, next);
  return bytes;
}

function encodeTransport(transport: TransportDescription, payload: Uint8Array): Uint8Array {
  if (transport.type === 'raw') return payload;
  const options = transport.type === 'tcp' ? (transport.options ?? NOTHING) : NOTHING;
  requireMultipleOfFour('TCP options', options);
  const fixed = { tcp: 20, udp: 8, sctp: 12, icmp: 8 }[transport.type];
  const bytes = new Uint8Array(fixed + options.length + payload.length);
  bytes.set(options, fixed);
  bytes.set(payload, fixed + options.length);
  if (transport.type === 'icmp') {
    bytes[0] = requireInteger('ICMP type', transport.icmpType, 0, 255);
    bytes[1] = requireInteger('ICMP code', transport.code ?? 0, 0, 255);
    writeUint32(bytes, 4, requireUint32('second word', transport.secondWord));
    return bytes;
  }
  writeUint16(bytes, 0, requireUint16('source port', transport.sourcePort));
  writeUint16(bytes, 2, requireUint16('destination port', transport.destinationPort));
  if (transport.type === 'sctp') {
    writeUint32(bytes, 4, requireUint32('verification tag', transport.verificationTag));
  } else if (transport.type === 'udp') {
    writeUint16(bytes, 4, requireInteger('UDP length', bytes.length, 8, 65535));
  } else {
    writeUint32(bytes, 4, requireUint32('sequence number', transport.sequenceNumber));
    writeUint32(bytes, 8, requireUint32('acknowledgment number', transport.acknowledgmentNumber));
    bytes[12] = ((20 + options.length) / 4) << 4;
    bytes[13] = requireInteger('TCP flags', transport.flags ?? 0, 0, 255);
    writeUint16(bytes, 14, requireUint16('window', transport.window ?? 65535));
    writeUint16(bytes, 18, requireUint16('urgent pointer', transport.urgentPointer));
  }
  return bytes;
}

/** The checksum is that of the packet as it stands: a first fragment's covers what is there. */
function writeTransportChecksum(
  bytes: Uint8Array,
  offset: number,
  transport: TransportDescription,
): void {
  const packet = new Packet();
  if (packet.parse(bytes, offset) !== 'ok' || packet.fragmentOffset !== 0) return;
  const at = packet.transportOffset;
  if (transport.type === 'tcp') recomputeTransportChecksum(packet, 16);
  else if (transport.type === 'udp') recomputeTransportChecksum(packet, 6);
  else if (transport.type === 'sctp') writeSctpChecksum(bytes, at, packet.end);
  else if (transport.type === 'icmp' && packet.family === 6) recomputeTransportChecksum(packet, 2);
  else if (transport.type === 'icmp')
    writeUint16(bytes, at + 2, checksum(bytes, at, packet.transportLength));
}

function requireUint16(name: string, value: number | undefined): number {
  return requireInteger(name, value ?? 0, 0, 0xffff);
}

function requireUint32(name: string, value: number | undefined): number {
  return requireInteger(name, value ?? 0, 0, 0xffff_ffff);
}

function requireMultipleOfFour(name: string, bytes: Uint8Array): void {
  if (bytes.length % 4 === 0 && bytes.length <= 40) return;
  throw new RangeError(
    `Invalid ${name}: expected a multiple of 4 bytes, at most 40, got ${bytes.length}`,
  );
}
