/**
 * The fast path of forwarding: what `direct-routing.ts` and `masquerading.ts` do to plain TCP segments and UDP
 * datagrams, without the checks that such a packet passes anyway. A plain one has an IPv4 header without options and the
 * whole transport header behind it, so its words have fixed offsets. Cost: no allocation. Sources: RFC 1624, RFC 3022.
 */
import { changeOfUint16, changeOfUint32, updateChecksum } from '../wire/checksum.js';
import { hopWordAfter, timeToLiveWordAfterHop } from '../wire/rewrite.js';

/** Offset in an IPv4 header of the word with TTL, protocol and checksum. */
const HOP_WORD = 8;
const DESTINATION = 16;
const DESTINATION_PORT = 22;
/** Where a plain segment has its checksum. */
export const TCP_CHECKSUM = 36;
/** Where a plain datagram has its checksum. */
export const UDP_CHECKSUM = 26;

/**
 * Lowers the TTL of a plain packet.
 *
 * @param view - Over the bytes that hold it.
 * @param offset - Index of the first byte of its IP header.
 */
export function routePlain(view: DataView, offset: number): void {
  const at = offset + HOP_WORD;
  view.setInt32(at, hopWordAfter(view.getInt32(at)));
}

/**
 * Gives a plain packet another destination, and lowers its TTL.
 *
 * @param view - Over the bytes that hold it.
 * @param offset - Index of the first byte of its IP header.
 * @param address - The server's address.
 * @param port - The server's port, 0–65535.
 * @param checksumAt - Where its transport checksum is: {@link TCP_CHECKSUM}, or {@link UDP_CHECKSUM}, which must not be 0.
 */
export function translatePlain(
  view: DataView,
  offset: number,
  address: number,
  port: number,
  checksumAt: number,
): void {
  const after = address | 0;
  const change = changeOfUint32(view.getInt32(offset + DESTINATION), after);
  view.setInt32(offset + DESTINATION, after);
  const hopAt = offset + HOP_WORD;
  view.setInt32(hopAt, timeToLiveWordAfterHop(view.getInt32(hopAt), change));
  const portAt = offset + DESTINATION_PORT;
  const both = change + changeOfUint16(view.getUint16(portAt), port);
  view.setUint16(portAt, port);
  const at = offset + checksumAt;
  const checksum = updateChecksum(view.getUint16(at), both);
  // A datagram with 0 would have none.
  view.setUint16(at, checksum === 0 && checksumAt === UDP_CHECKSUM ? 0xffff : checksum);
}
