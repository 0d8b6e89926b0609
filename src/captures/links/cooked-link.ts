/**
 * Linux cooked captures, as `tcpdump -i any` writes them: a made-up header with an EtherType.
 *
 * Version 1 (link type 113): 16 bytes, the EtherType last. Version 2 (276): 20 bytes, the EtherType first.
 * A few small numbers in its place stand for frames without EtherType. Source: the link-type list of
 * tcpdump.org.
 */
import { locateByEtherType, locateByLlc } from './ether-type.js';
import type { LinkContent } from './link-content.js';
import { CUT_IN_LINK_HEADER, type LinkRule } from './link-rule.js';

const TYPE_LENGTH = 2;
const LLC = 4;
/** Smaller numbers are no EtherTypes. */
const LEAST_TYPE = 0x0600;
const NETLINK = 824;

const NAMES: Readonly<Record<number, string>> = {
  0x0001: 'Novell 802.3',
  0x000c: 'CAN bus',
  0x000d: 'CAN FD bus',
};

/** The rule of cooked captures, version 1. */
export const cookedLink: LinkRule = {
  name: 'Linux cooked v1',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    locateCooked(bytes, start + 14, start + 2, start + 16, end, content);
  },
};

/** The rule of cooked captures, version 2. */
export const cooked2Link: LinkRule = {
  name: 'Linux cooked v2',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    locateCooked(bytes, start, start + 8, start + 20, end, content);
  },
};

function locateCooked(
  bytes: Uint8Array,
  typeAt: number,
  deviceAt: number,
  payloadAt: number,
  end: number,
  content: LinkContent,
): void {
  if (payloadAt > end) return content.nothing(CUT_IN_LINK_HEADER);
  if (((bytes[deviceAt] << 8) | bytes[deviceAt + 1]) === NETLINK) return content.nothing('netlink');
  const type = (bytes[typeAt] << 8) | bytes[typeAt + 1];
  if (type === LLC) return locateByLlc(bytes, payloadAt, end, content);
  if (type < LEAST_TYPE) {
    return content.nothing(NAMES[type] ?? `cooked protocol ${type}`);
  }
  if (type === 0x0800) return content.found(4, payloadAt, 'ether-type', typeAt);
  if (type === 0x86dd) return content.found(6, payloadAt, 'ether-type', typeAt);
  // With the EtherType last, what it announces follows at once; with it first, the rest of the header is between.
  if (typeAt + TYPE_LENGTH === payloadAt) return locateByEtherType(bytes, typeAt, end, content);
  locateTagged(bytes, type, payloadAt, end, content);
}

/** Version 2: behind the header is what follows the EtherType in a frame. */
function locateTagged(
  bytes: Uint8Array,
  type: number,
  payloadAt: number,
  end: number,
  content: LinkContent,
): void {
  const tags = [0x8100, 0x88a8, 0x9100];
  if (tags.includes(type)) locateByEtherType(bytes, payloadAt + 2, end, content);
  else
    content.nothing(type === 0x0806 ? 'ARP' : `EtherType 0x${type.toString(16).padStart(4, '0')}`);
}
