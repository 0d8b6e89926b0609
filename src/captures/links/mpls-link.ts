/**
 * MPLS without a link header in front: link type 219.
 *
 * Source: RFC 3032.
 */
import { locateBehindLabels } from './ether-type.js';
import type { LinkContent } from './link-content.js';
import type { LinkRule } from './link-rule.js';

/** The rule of MPLS. */
export const mplsLink: LinkRule = {
  name: 'MPLS',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    locateBehindLabels(bytes, start, end, content);
  },
};
