/**
 * The GRE header of a tunnel: the kind of packet inside, and with `csum` a checksum over header and packet.
 *
 * Source: RFC 2784, recorded packets.
 */
import type { AddressFamily } from '../ip-address.js';
import type { Tunnel } from '../model/forwarding-method.js';
import { writeUint16, writeUint32 } from '../wire/bytes.js';
import { checksum } from '../wire/checksum.js';
import { GRE_FLAG } from '../wire/gre-flags.js';
import { ETHER_TYPE } from '../wire/protocol-numbers.js';

/**
 * How long the header is.
 *
 * @param tunnel - The tunnel, of type `gre`.
 * @returns 4 bytes, with a checksum 8.
 */
export function greLength(tunnel: Tunnel): number {
  return tunnel.checksum === 'csum' ? 8 : 4;
}

/**
 * Writes the header.
 *
 * @param tunnel - The tunnel, of type `gre`.
 * @param bytes - Where to write; the packet inside stands there already.
 * @param at - Index of the header's first byte.
 * @param end - Index behind the last byte of the packet inside.
 * @param innerFamily - The family of the packet inside.
 */
export function writeGre(
  tunnel: Tunnel,
  bytes: Uint8Array,
  at: number,
  end: number,
  innerFamily: AddressFamily,
): void {
  const withChecksum = tunnel.checksum === 'csum';
  writeUint16(bytes, at, withChecksum ? GRE_FLAG.CHECKSUM : 0);
  writeUint16(bytes, at + 2, innerFamily === 4 ? ETHER_TYPE.IPV4 : ETHER_TYPE.IPV6);
  if (!withChecksum) return;
  writeUint32(bytes, at + 4, 0);
  writeUint16(bytes, at + 4, checksum(bytes, at, end - at, 0));
}
