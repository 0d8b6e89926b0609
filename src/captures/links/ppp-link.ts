/**
 * PPP and Cisco HDLC: serial lines.
 *
 * PPP (9, 50) may have the two bytes of HDLC framing in front of the protocol number; with direction (166,
 * 204) one byte of its own is in front of all; 51 begins with a PPPoE header. Cisco HDLC (104): address,
 * control, EtherType. Sources: RFC 1661, RFC 1662, RFC 2516, RFC 1547.
 */
import { locateByEtherType } from './ether-type.js';
import type { LinkContent } from './link-content.js';
import { CUT_IN_LINK_HEADER, type LinkRule } from './link-rule.js';
import { locateByPppNumber } from './ppp-number.js';

const PPPOE_HEADER = 6;
const PPPOE_LENGTH = 4;

/** The rule of PPP. */
export const pppLink: LinkRule = {
  name: 'PPP',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    locateFramed(bytes, start, end, content);
  },
};

/** The rule of PPP with a byte in front that gives the direction. */
export const pppDirectionLink: LinkRule = {
  name: 'PPP with direction',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    locateFramed(bytes, start + 1, end, content);
  },
};

/** The rule of PPPoE without Ethernet header. */
export const pppoeLink: LinkRule = {
  name: 'PPPoE',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    if (start + PPPOE_HEADER > end) return content.nothing(CUT_IN_LINK_HEADER);
    if (bytes[start + 1] !== 0) return content.nothing('PPPoE discovery');
    content.lengthAt = start + PPPOE_LENGTH;
    locateByPppNumber(bytes, start + PPPOE_HEADER, end, content);
  },
};

/** The rule of Cisco HDLC. */
export const ciscoHdlcLink: LinkRule = {
  name: 'Cisco HDLC',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    locateByEtherType(bytes, start + 2, end, content);
  },
};

function locateFramed(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
  const isFramed = start + 2 <= end && bytes[start] === 0xff && bytes[start + 1] === 0x03;
  const isCisco =
    start + 2 <= end && (bytes[start] === 0x0f || bytes[start] === 0x8f) && bytes[start + 1] === 0;
  if (isCisco) locateByEtherType(bytes, start + 2, end, content);
  else locateByPppNumber(bytes, isFramed ? start + 2 : start, end, content);
}
