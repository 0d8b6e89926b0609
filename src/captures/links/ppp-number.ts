/**
 * What follows a protocol number of PPP: 16 bits, or 8 when the first byte is odd.
 *
 * Sources: RFC 1661 section 2, RFC 1332, RFC 5072, RFC 3032.
 */
import type { LinkContent } from './link-content.js';
import { CUT_IN_LINK_HEADER } from './link-rule.js';

const IPV4 = 0x21;
const IPV6 = 0x57;

const NAMES: Readonly<Record<number, string>> = {
  0x002d: 'compressed TCP (Van Jacobson)',
  0x002f: 'uncompressed TCP (Van Jacobson)',
  0x003d: 'PPP multilink',
  0x00fd: 'compressed PPP',
  0x0281: 'MPLS',
  0x8021: 'PPP IPCP',
  0x8057: 'PPP IPV6CP',
  0x80fd: 'PPP CCP',
  0xc021: 'PPP LCP',
  0xc023: 'PPP PAP',
  0xc223: 'PPP CHAP',
};

/**
 * Finds the IP packet behind a PPP protocol number.
 *
 * @param bytes - The bytes the frame is in.
 * @param at - Index of the number.
 * @param end - Index behind the frame's last byte.
 * @param content - Is filled in.
 */
export function locateByPppNumber(
  bytes: Uint8Array,
  at: number,
  end: number,
  content: LinkContent,
): void {
  if (at + 2 > end) return content.nothing(CUT_IN_LINK_HEADER);
  const first = bytes[at];
  if (first === IPV4) return content.found(4, at + 1, 'ppp-short', at);
  if (first === IPV6) return content.found(6, at + 1, 'ppp-short', at);
  const number = (first << 8) | bytes[at + 1];
  if (number === IPV4) return content.found(4, at + 2, 'ppp', at);
  if (number === IPV6) return content.found(6, at + 2, 'ppp', at);
  content.nothing(NAMES[number] ?? `PPP protocol 0x${number.toString(16).padStart(4, '0')}`);
}
