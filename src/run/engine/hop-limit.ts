/**
 * TTL and hop limit of packets that pass the kernel's forwarding twice, on their way into the director and out of
 * it: raised by one each time, so that one hop is counted in all, as a director within the kernel counts it.
 *
 * The IPv4 header checksum is updated along with the TTL. Source: RFC 1624.
 */
const IPV4_TTL = 8;
const IPV4_CHECKSUM = 10;
const IPV6_HOP_LIMIT = 7;
const GREATEST = 255;
/** One TTL, in the 16-bit word of which it is the upper byte. */
const ONE_HOP = 0x100;

/**
 * Raises the TTL or hop limit of a packet by one, unless it is at its greatest.
 *
 * @param bytes - The bytes that hold the packet.
 * @param at - Index of the first byte of its IP header.
 */
export function raiseHopLimit(bytes: Uint8Array, at: number): void {
  if (bytes[at] >>> 4 === 6) {
    if (bytes[at + IPV6_HOP_LIMIT] < GREATEST) bytes[at + IPV6_HOP_LIMIT]++;
    return;
  }
  if (bytes[at + IPV4_TTL] === GREATEST) return;
  bytes[at + IPV4_TTL]++;
  const sum = (bytes[at + IPV4_CHECKSUM] << 8) | bytes[at + IPV4_CHECKSUM + 1];
  const raised = sum > ONE_HOP ? sum - ONE_HOP : sum - ONE_HOP + 0xffff;
  bytes[at + IPV4_CHECKSUM] = raised >>> 8;
  bytes[at + IPV4_CHECKSUM + 1] = raised & 0xff;
}
