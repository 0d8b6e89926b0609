/**
 * What follows an EtherType: IP, or something that has an EtherType or a protocol number of its own: VLAN
 * tags, MPLS labels, PPPoE sessions, 802.2 headers with SNAP.
 *
 * Sources: IEEE 802.1Q, 802.1ad, 802.2; RFC 1042, RFC 2516, RFC 3032; the EtherType registry.
 */
import { CUT_IN_LINK_HEADER } from './link-rule.js';
import type { LinkContent } from './link-content.js';
import { locateByPppNumber } from './ppp-number.js';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** Greater values are types, others are the length of an 802.2 header and what follows. */
const LARGEST_LENGTH = 1500;
const TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100, 0x9200, 0x9300];
const MPLS: readonly number[] = [0x8847, 0x8848];
const PPPOE_SESSION = 0x8864;

const NAMES: Readonly<Record<number, string>> = {
  0x0806: 'ARP',
  0x0842: 'Wake-on-LAN',
  0x2000: 'CDP',
  0x22f3: 'TRILL',
  0x6558: 'bridged Ethernet',
  0x8035: 'RARP',
  0x809b: 'AppleTalk',
  0x80f3: 'AppleTalk ARP',
  0x8137: 'IPX',
  0x8808: 'Ethernet flow control',
  0x8809: 'LACP and other slow protocols',
  0x8863: 'PPPoE discovery',
  0x887b: 'HomePlug',
  0x888e: 'EAPOL',
  0x8892: 'PROFINET',
  0x88a2: 'ATA over Ethernet',
  0x88a4: 'EtherCAT',
  0x88cc: 'LLDP',
  0x88e1: 'HomePlug AV',
  0x88e5: 'MACsec',
  0x88f7: 'PTP',
  0x8902: 'CFM',
  0x8906: 'FCoE',
  0x9000: 'Ethernet loopback test',
};

/**
 * Finds the IP packet behind an EtherType.
 *
 * @param bytes - The bytes the frame is in.
 * @param typeAt - Index of the EtherType.
 * @param end - Index behind the frame's last byte.
 * @param content - Is filled in.
 */
export function locateByEtherType(
  bytes: Uint8Array,
  typeAt: number,
  end: number,
  content: LinkContent,
): void {
  let at = typeAt;
  for (;;) {
    if (at + 2 > end) return content.nothing(CUT_IN_LINK_HEADER);
    const type = (bytes[at] << 8) | bytes[at + 1];
    if (type === IPV4) return content.found(4, at + 2, 'ether-type', at);
    if (type === IPV6) return content.found(6, at + 2, 'ether-type', at);
    if (!TAGS.includes(type)) return locateOther(bytes, type, at, end, content);
    at += 4;
  }
}

function locateOther(
  bytes: Uint8Array,
  type: number,
  at: number,
  end: number,
  content: LinkContent,
): void {
  if (type <= LARGEST_LENGTH) {
    content.lengthAt = at;
    locateByLlc(bytes, at + 2, end, content);
  } else if (MPLS.includes(type)) {
    locateBehindLabels(bytes, at + 2, end, content);
  } else if (type === PPPOE_SESSION) {
    content.lengthAt = at + 6;
    locateByPppNumber(bytes, at + 8, end, content);
  } else {
    content.nothing(NAMES[type] ?? `EtherType 0x${type.toString(16).padStart(4, '0')}`);
  }
}

/**
 * Finds the IP packet behind MPLS labels.
 *
 * @param bytes - The bytes the frame is in.
 * @param start - Index of the first label.
 * @param end - Index behind the frame's last byte.
 * @param content - Is filled in.
 */
export function locateBehindLabels(
  bytes: Uint8Array,
  start: number,
  end: number,
  content: LinkContent,
): void {
  let at = start;
  while (at + 4 <= end && (bytes[at + 2] & 1) === 0) at += 4;
  at += 4;
  if (at >= end) return content.nothing(CUT_IN_LINK_HEADER);
  const version = bytes[at] >>> 4;
  // Only the bottom label's owner knows what follows; a version of IP is the usual guess.
  if (version === 4 || version === 6) content.found(version, at, 'none', at);
  else content.nothing('MPLS without IP');
}

/**
 * Finds the IP packet behind an 802.2 header.
 *
 * @param bytes - The bytes the frame is in.
 * @param at - Index of the header.
 * @param end - Index behind the frame's last byte.
 * @param content - Is filled in.
 */
export function locateByLlc(
  bytes: Uint8Array,
  at: number,
  end: number,
  content: LinkContent,
): void {
  if (at + 3 > end) return content.nothing(CUT_IN_LINK_HEADER);
  const service = bytes[at];
  if (service === 0x42) return content.nothing('STP');
  if (service === 0x06 && bytes[at + 1] === 0x06) return content.found(4, at + 3, 'fixed', at);
  if (service !== 0xaa || bytes[at + 1] !== 0xaa || bytes[at + 2] !== 0x03) {
    return content.nothing(`802.2 service 0x${service.toString(16).padStart(2, '0')}`);
  }
  if (at + 8 > end) return content.nothing(CUT_IN_LINK_HEADER);
  const organization = (bytes[at + 3] << 16) | (bytes[at + 4] << 8) | bytes[at + 5];
  if (organization !== 0 && organization !== 0x0000f8) {
    return content.nothing(organization === 0x00000c ? 'CDP and its like' : 'SNAP of a vendor');
  }
  locateByEtherType(bytes, at + 6, end, content);
}
