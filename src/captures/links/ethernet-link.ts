/**
 * Ethernet: two addresses and an EtherType, or a length and an 802.2 header.
 *
 * Source: IEEE 802.3; link type 1.
 */
import { locateByEtherType } from './ether-type.js';
import type { LinkContent } from './link-content.js';
import type { LinkRule } from './link-rule.js';

const TYPE = 12;

/** The rule of Ethernet. */
export const ethernetLink: LinkRule = {
  name: 'Ethernet',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    content.addressesAt = start;
    locateByEtherType(bytes, start + TYPE, end, content);
  },
};
