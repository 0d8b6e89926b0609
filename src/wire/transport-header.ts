/**
 * How many bytes of transport header a packet must have to open a connection, and to be translated.
 *
 * | protocol | to open a connection             | to be translated |
 * | -------- | -------------------------------- | ---------------- |
 * | TCP      | 20                               | 20               |
 * | UDP      | 8                                | 8                |
 * | SCTP     | 16: with the head of its first chunk | 12           |
 * | others   | open none                        | 0                |
 *
 * Source: recorded behaviour.
 */
import type { Packet } from './packet.js';
import { IP_PROTOCOL } from './protocol-numbers.js';

/** Bytes of a TCP header without options. */
export const TCP_HEADER_LENGTH = 20;
/** Bytes of the common header of SCTP. */
export const SCTP_HEADER_LENGTH = 12;
/** Bytes of the head of an SCTP chunk. */
export const CHUNK_HEADER_LENGTH = 4;
const UDP_HEADER_LENGTH = 8;

/**
 * Whether a packet has the whole header that opening a connection needs.
 *
 * @param packet - A TCP, UDP or SCTP packet.
 * @returns `false` when it is cut short.
 */
export function hasOpeningHeader(packet: Packet): boolean {
  const { protocol, transportLength } = packet;
  if (protocol === IP_PROTOCOL.TCP) return transportLength >= TCP_HEADER_LENGTH;
  if (protocol === IP_PROTOCOL.UDP) return transportLength >= UDP_HEADER_LENGTH;
  return transportLength >= SCTP_HEADER_LENGTH + CHUNK_HEADER_LENGTH;
}

/**
 * Whether a packet has the whole header that rewriting touches.
 *
 * @param packet - A packet of any protocol.
 * @returns `false` when it is cut short.
 */
export function hasTranslatableHeader({ protocol, transportLength }: Packet): boolean {
  if (protocol === IP_PROTOCOL.TCP) return transportLength >= TCP_HEADER_LENGTH;
  if (protocol === IP_PROTOCOL.UDP) return transportLength >= UDP_HEADER_LENGTH;
  return protocol !== IP_PROTOCOL.SCTP || transportLength >= SCTP_HEADER_LENGTH;
}
