/**
 * Which packets are fragments, and what of a fragment is header and what data.
 */
import { copyBytes } from '../wire/copy-bytes.js';
import { FRAGMENT_HEADER_LENGTH } from '../wire/ipv6-extensions.js';
import type { Packet } from '../wire/packet.js';

/**
 * Whether a packet has to pass a reassembler: it is a fragment, or an IPv6 packet with a fragment
 * header although it is whole.
 *
 * @param packet - The packet.
 * @returns `false` when the packet can be used as it is.
 */
export function needsAssembly(packet: Packet): boolean {
  if (packet.family === 4) return packet.isFragment;
  return packet.extensions.fragmentHeaderOffset >= 0;
}

/**
 * The headers of a fragment as the whole packet will have them, without the fragment header.
 *
 * @param packet - The fragment.
 * @returns A copy.
 */
export function headersOf(packet: Packet): Uint8Array {
  const { bytes, offset, transportOffset, extensions } = packet;
  if (packet.family === 4) return copyBytes(bytes, offset, transportOffset);
  const at = extensions.fragmentHeaderOffset;
  const headers = copyBytes(bytes, offset, at);
  headers[extensions.fragmentAnnouncedAt - offset] = bytes[at];
  return headers;
}

/**
 * Index of the first byte of a fragment's data.
 *
 * @param packet - The fragment.
 * @returns Where the IPv4 payload, or what follows the IPv6 fragment header, begins.
 */
export function dataOffsetOf(packet: Packet): number {
  if (packet.family === 4) return packet.transportOffset;
  return packet.extensions.fragmentHeaderOffset + FRAGMENT_HEADER_LENGTH;
}
