/**
 * The fast path of forwarding: offsets in plain TCP segments and UDP datagrams, and what is done to all of them. A plain one
 * has an IPv4 header without options and the whole transport header behind it, so its words have fixed offsets. NAT and
 * direct routing of such packets are in `director/fast-path.ts`. Cost: no allocation. Source: RFC 1624.
 */
import { hopWordAfter } from '../wire/rewrite.js';

/** Offset in an IPv4 header of the word with TTL, protocol and checksum. */
const HOP_WORD = 8;
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
