/**
 * Transport checksums that were left to the network card: the field holds the sum of the pseudo-header, which is
 * what the card begins with.
 *
 * Packets captured where they are sent look like this. One right checksum in 65,536 looks so by accident, and is
 * recognized by verifying it. Source: what Linux and Windows leave in captures of sent packets.
 */
import { checksum } from '../../wire/checksum.js';
import type { Packet } from '../../wire/packet.js';
import { foldSum, sumBytes, sumOfWord } from '../../wire/checksum.js';
import { recomputeTransportChecksum, sumOfPseudoHeader } from '../../wire/rewrite.js';

const TCP = 6;
const UDP = 17;

/**
 * Finds a checksum that may have been left to the card.
 *
 * @param view - Over the bytes the packet is in.
 * @param bytes - The same bytes.
 * @param offset - Index of its first byte.
 * @param length - Its bytes.
 * @param captured - Bytes of it that were captured.
 * @param family - Its family.
 * @returns Index of the field; −1 when the checksum is none of that kind.
 */
export function findPartialChecksum(
  view: DataView,
  bytes: Uint8Array,
  offset: number,
  length: number,
  captured: number,
  family: number,
): number {
  const protocol = bytes[offset + (family === 4 ? 9 : 6)];
  if (protocol !== TCP && protocol !== UDP) return -1;
  const header = family === 4 ? (bytes[offset] & 0x0f) * 4 : 40;
  if (family === 4 && (view.getUint16(offset + 6) & 0x3fff) !== 0) return -1;
  const at = offset + header + (protocol === TCP ? 16 : 6);
  if (at + 2 > offset + captured) return -1;
  const field = view.getUint16(at);
  const isPartial =
    field === partialChecksumOf(view, bytes, offset, protocol, length - header) ||
    field === partialChecksumOf(view, bytes, offset, protocol, 0);
  return isPartial && field !== 0 ? at : -1;
}

/**
 * Whether a checksum is right as it is.
 *
 * @param packet - A whole packet of TCP or UDP.
 * @returns `true` when it matches.
 */
export function hasRightChecksum(packet: Packet): boolean {
  const { bytes, transportOffset, transportLength } = packet;
  return checksum(bytes, transportOffset, transportLength, sumOfPseudoHeader(packet)) === 0;
}

/**
 * Completes a checksum as the card would have.
 *
 * @param packet - A whole packet of TCP or UDP.
 */
export function completeChecksum(packet: Packet): void {
  recomputeTransportChecksum(packet, packet.protocol === TCP ? 16 : 6);
}

/**
 * The partial checksum that a packet gets: the sum of its pseudo-header, which ports do not count in.
 *
 * @param view - Over the bytes the packet is in.
 * @param bytes - The same bytes.
 * @param offset - Index of its first byte.
 * @param protocol - Its transport protocol.
 * @param transportLength - The length that is counted in; 0 when none is.
 * @returns What the field holds.
 */
export function partialChecksumOf(
  view: DataView,
  bytes: Uint8Array,
  offset: number,
  protocol: number,
  transportLength: number,
): number {
  const addresses =
    bytes[offset] >>> 4 === 4
      ? sumOfWord(view.getInt32(offset + 12)) + sumOfWord(view.getInt32(offset + 16))
      : sumBytes(bytes, offset + 8, 32);
  return foldSum(addresses + protocol + transportLength);
}
