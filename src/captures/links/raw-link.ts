/**
 * Bare IP packets: of either version, or of one only.
 *
 * Link types 101, 12 and 14 (the numbers of operating systems), 228 and 229.
 */
import type { AddressFamily } from '../../ip-address.js';
import type { LinkContent } from './link-content.js';
import { CUT_IN_LINK_HEADER, type LinkRule } from './link-rule.js';

/** The rule of bare IP packets. */
export const rawLink: LinkRule = {
  name: 'raw IP',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    if (start >= end) return content.nothing(CUT_IN_LINK_HEADER);
    const version = bytes[start] >>> 4;
    if (version === 4 || version === 6) content.found(version, start, 'none', start);
    else content.nothing(`IP version ${version}`);
  },
};

/**
 * The rule of bare packets of one version.
 *
 * @param family - The version.
 * @returns The rule.
 */
function onlyLink(family: AddressFamily): LinkRule {
  return {
    name: `raw IPv${family}`,
    locate(_bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
      content.begin(start);
      if (start >= end) content.nothing(CUT_IN_LINK_HEADER);
      else content.found(family, start, 'fixed', start);
    },
  };
}

/** The rule of bare IPv4 packets. */
export const rawIpv4Link: LinkRule = /* @__PURE__ */ onlyLink(4);
/** The rule of bare IPv6 packets. */
export const rawIpv6Link: LinkRule = /* @__PURE__ */ onlyLink(6);
