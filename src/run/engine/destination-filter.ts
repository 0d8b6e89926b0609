/**
 * Which packets are addressed to a service: a set of virtual addresses that is asked with the bytes of a packet.
 *
 * Cost: one look-up in a map per packet, no allocation for IPv4.
 */
import type { IpAddress } from '../../ip-address.js';

const IPV4_DESTINATION = 16;
const IPV6_DESTINATION = 24;

/** The virtual addresses of a director. */
export class DestinationFilter {
  private readonly words4 = new Set<number>();
  /** By the last word, so that a look-up builds no text. */
  private readonly words6 = new Map<number, IpAddress[]>();

  /**
   * Replaces all addresses.
   *
   * @param addresses - The new ones; doubles are allowed.
   */
  set(addresses: Iterable<IpAddress>): void {
    this.words4.clear();
    this.words6.clear();
    for (const address of addresses) {
      if (address.family === 4) this.words4.add(address.word3);
      else this.words6.set(address.word3, [...(this.words6.get(address.word3) ?? []), address]);
    }
  }

  /**
   * Whether a packet is addressed to one of them.
   *
   * @param view - Over the bytes that hold the packet.
   * @param at - Index of the first byte of its IP header.
   * @param family - Its version.
   * @returns `true` when its destination is a virtual address.
   */
  isDestination(view: DataView, at: number, family: 4 | 6): boolean {
    if (family === 4) return this.words4.has(view.getInt32(at + IPV4_DESTINATION));
    const candidates = this.words6.get(view.getInt32(at + IPV6_DESTINATION + 12));
    if (candidates === undefined) return false;
    const first = at + IPV6_DESTINATION;
    return candidates.some(
      ({ word0, word1, word2 }) =>
        view.getInt32(first) === word0 &&
        view.getInt32(first + 4) === word1 &&
        view.getInt32(first + 8) === word2,
    );
  }
}
