/**
 * The header of generic UDP encapsulation (GUE): UDP, and four bytes that say what is inside.
 *
 * The source port is 32768–60999 by the hash of the flow, so that routers spread flows and keep each on one path.
 * The UDP checksum is 0 when the tunnel has `nocsum`. Source: draft-ietf-intarea-gue, recorded behaviour.
 */
import type { Tunnel } from '../model/forwarding-method.js';
import { writeUint16, writeUint32 } from '../wire/bytes.js';
import { checksum } from '../wire/checksum.js';
import { IP_PROTOCOL } from '../wire/protocol-numbers.js';

/** The bytes of the header. */
export const GUE_LENGTH = 12;

const FIRST_SOURCE_PORT = 32768;
const SOURCE_PORTS = 28232;

/**
 * Writes the header.
 *
 * @param tunnel - The tunnel: its port, and whether it has a checksum.
 * @param bytes - Where to write; the packet inside stands there already.
 * @param at - Index of the first byte.
 * @param end - Index behind the last byte of the packet inside.
 * @param innerProtocol - The protocol number of the packet inside: 4 or 41.
 * @param flowHash - The hash of its flow.
 * @param addressesSum - The sum of the outer addresses, for the pseudo-header.
 */
export function writeGue(
  tunnel: Tunnel,
  bytes: Uint8Array,
  at: number,
  end: number,
  innerProtocol: number,
  flowHash: number,
  addressesSum: number,
): void {
  const length = end - at;
  writeUint16(bytes, at, FIRST_SOURCE_PORT + (flowHash % SOURCE_PORTS));
  writeUint16(bytes, at + 2, tunnel.port);
  writeUint16(bytes, at + 4, length);
  writeUint16(bytes, at + 6, 0);
  writeUint32(bytes, at + 8, innerProtocol << 16);
  if (tunnel.checksum === 'nocsum') return;
  const value = checksum(bytes, at, length, addressesSum + IP_PROTOCOL.UDP + length);
  writeUint16(bytes, at + 6, value === 0 ? 0xffff : value);
}
