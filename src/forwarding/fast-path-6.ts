/**
 * The fast path of forwarding over IPv6: what `direct-routing.ts` and `masquerading.ts` do to packets without extension
 * headers, without the checks that such a packet passes anyway. Cost: no allocation. Sources: RFC 1624, RFC 8200.
 */
import type { AddressWords } from '../address-words.js';
import { changeOfUint16, changeOfUint32, updateChecksum } from '../wire/checksum.js';

const HOP_LIMIT = 7;
const DESTINATION = 24;
const DESTINATION_PORT = 42;
/** Where a plain datagram has its checksum. */
export const UDP_CHECKSUM = 46;
/** Where a plain segment has its checksum. */
export const TCP_CHECKSUM = 56;

/**
 * Lowers the hop limit of a packet.
 *
 * @param view - Over the bytes that hold it.
 * @param at - Index of its hop limit, which is above 0.
 */
export function routePlain6(view: DataView, at: number): void {
  view.setUint8(at, view.getUint8(at) - 1);
}

/**
 * Gives a plain packet another destination, and lowers its hop limit.
 *
 * @param view - Over the bytes that hold it.
 * @param offset - Index of the first byte of its IP header.
 * @param address - The server's address.
 * @param port - The server's port, 0–65535.
 * @param checksumAt - Where its transport checksum is, counted from the IP header; of a datagram it must not be 0.
 */
export function translatePlain6(
  view: DataView,
  offset: number,
  { word0, word1, word2, word3 }: AddressWords,
  port: number,
  checksumAt: number,
): void {
  routePlain6(view, offset + HOP_LIMIT);
  const to = offset + DESTINATION;
  const portAt = offset + DESTINATION_PORT;
  const change =
    changeOfUint32(view.getInt32(to), word0) +
    changeOfUint32(view.getInt32(to + 4), word1) +
    changeOfUint32(view.getInt32(to + 8), word2) +
    changeOfUint32(view.getInt32(to + 12), word3) +
    changeOfUint16(view.getUint16(portAt), port);
  view.setInt32(to, word0);
  view.setInt32(to + 4, word1);
  view.setInt32(to + 8, word2);
  view.setInt32(to + 12, word3);
  view.setUint16(portAt, port);
  const at = offset + checksumAt;
  const checksum = updateChecksum(view.getUint16(at), change);
  // A datagram with 0 would have none.
  view.setUint16(at, checksum === 0 && checksumAt === UDP_CHECKSUM ? 0xffff : checksum);
}
