/**
 * What connection tracking asks of the transport header of a packet from the wire before it looks at anything else: the
 * length of a datagram fits, and the checksum is right. A packet that fails this is invalid.
 *
 * A network card that verifies checksums saves this work, so it can be turned off, as by
 * `net.netfilter.nf_conntrack_checksum`. A datagram without checksum is sound over IPv6, too.
 * Source: RFC 9293, RFC 768, outcomes observed on Linux hosts.
 */
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../protocols.js';
import { readUint16 } from '../wire/bytes.js';
import { checksum, sumOfWord } from '../wire/checksum.js';
import type { Packet } from '../wire/packet.js';
import { sumOfPseudoHeader } from '../wire/rewrite.js';

const UDP_LENGTH = 4;
const UDP_CHECKSUM = 6;
const UDP_HEADER = 8;
/** Bytes of a TCP header without options. */
const TCP_HEADER = 20;

/**
 * Whether the length of a datagram fits its packet.
 *
 * @param packet - The packet, whole, with ports if it has TCP or UDP.
 * @returns `false` when it is longer than the packet, or shorter than its header; `true` for other protocols.
 */
export function hasSoundLength({
  protocol,
  bytes,
  transportOffset,
  transportLength,
}: Packet): boolean {
  if (protocol !== PROTOCOL_UDP) return true;
  if (transportLength < UDP_HEADER) return false;
  const length = readUint16(bytes, transportOffset + UDP_LENGTH);
  return length >= UDP_HEADER && length <= transportLength;
}

/**
 * Whether the checksum of TCP or UDP is right.
 *
 * @param packet - The packet, whole, with a sound length.
 * @returns `true` also for other protocols, and for a datagram without checksum.
 */
export function hasRightTransportChecksum(packet: Packet): boolean {
  const { protocol, bytes, transportOffset: at, transportLength } = packet;
  if (protocol === PROTOCOL_UDP) {
    if (readUint16(bytes, at + UDP_CHECKSUM) === 0) return true;
  } else if (protocol !== PROTOCOL_TCP) return true;
  return checksum(bytes, at, transportLength, sumOfPseudoHeader(packet)) === 0;
}

/**
 * Whether the checksum of a TCP segment behind an IPv4 header without options is right. Reads whole words, since this is
 * done for each segment of the fast path.
 *
 * @param view - Over the bytes that hold it.
 * @param tcp - Index of the first byte of its TCP header, which is whole; both addresses are in front of it.
 * @param end - Index behind its last byte.
 * @param read - The sum of its bytes 4 to 15, which the caller has read.
 * @returns `false` when it is wrong.
 */
export function hasRightPlainChecksum(
  view: DataView,
  tcp: number,
  end: number,
  read: number,
): boolean {
  let sum =
    read +
    PROTOCOL_TCP +
    (end - tcp) +
    sumOfWord(view.getInt32(tcp - 8)) +
    sumOfWord(view.getInt32(tcp - 4)) +
    sumOfWord(view.getInt32(tcp)) +
    sumOfWord(view.getInt32(tcp + 16));
  let at = tcp + TCP_HEADER;
  for (const last = end - 4; at <= last; at += 4) sum += sumOfWord(view.getInt32(at));
  if (end - at >= 2) {
    sum += view.getUint16(at);
    at += 2;
  }
  if (at < end) sum += view.getUint8(at) << 8;
  // The sum is above 0, so it folds to 0xFFFF just when it is a multiple of 0xFFFF.
  return sum % 0xffff === 0;
}
