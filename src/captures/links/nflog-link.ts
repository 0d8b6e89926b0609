/**
 * The netfilter log, as `tcpdump -i nflog:5` writes it: an address family, then attributes, one of which
 * holds the IP packet.
 *
 * An attribute has a length and a type of 16 bits each, in the byte order of the machine that logged; its
 * length counts both, and the next one begins at a multiple of four. The hooks of a bridge or a device have
 * families of their own: the packet's protocol is in the first attribute then. A rule may log the beginning of a
 * packet only, and no field gives the length it had. Source: the link-type list of tcpdump.org.
 */
import type { AddressFamily } from '../../ip-address.js';
import type { LinkContent } from './link-content.js';
import { CUT_IN_LINK_HEADER, type LinkRule } from './link-rule.js';

const HEADER = 4;
const ATTRIBUTE_HEADER = 4;
/** Attributes: the packet's protocol, and the packet. */
const PACKET_HEADER = 1;
const PAYLOAD = 9;
/** The upper two bits of a type are flags. */
const TYPE_MASK = 0x3fff;
const AF_INET = 2;
const AF_INET6 = 10;

/** The rule of the netfilter log. */
export const nflogLink: LinkRule = {
  name: 'Linux netfilter log',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    const first = start + HEADER;
    if (first + ATTRIBUTE_HEADER > end) return content.nothing(CUT_IN_LINK_HEADER);
    // All types are small: the lower byte of the first one is where it is not 0.
    const littleEndian = (bytes[first + 2] & (TYPE_MASK >>> 8)) !== 0;
    const payload = findPayload(bytes, first, end, littleEndian);
    if (payload < 0) return content.nothing(CUT_IN_LINK_HEADER);
    const length = read16(bytes, payload, littleEndian);
    const offset = payload + ATTRIBUTE_HEADER;
    content.attributeAt = payload;
    content.attributeIsLittleEndian = littleEndian;
    content.packetEnd = Math.min(payload + length, end);
    const hasProtocol = read16(bytes, first + 2, littleEndian) === PACKET_HEADER;
    const protocolAt = hasProtocol ? first + ATTRIBUTE_HEADER : -1;
    const protocol = hasProtocol ? (bytes[protocolAt] << 8) | bytes[protocolAt + 1] : 0;
    const own = familyOf(bytes[start]);
    const family = own === 0 ? familyOfProtocol(protocol) : own;
    if (family === 0) content.nothing(`netfilter family ${bytes[start]}`);
    else if (!hasProtocol) content.found(family, offset, 'fixed', start);
    else content.found(family, offset, own === 0 ? 'ether-type' : 'netfilter', protocolAt);
  },
};

/**
 * Ends a frame that was built around a packet: writes the length of the packet's attribute, and what follows it.
 *
 * @param bytes - The new frame, from index 0 on: link header and packet.
 * @param length - Bytes of both.
 * @param isWhole - Whether the whole packet is there.
 * @param from - The frame it was made of.
 * @param start - Index of that frame's first byte.
 * @param end - Index behind that frame's last byte.
 * @param content - What is in that frame.
 * @returns Bytes of the new frame.
 */
export function endAttribute(
  bytes: Uint8Array,
  length: number,
  isWhole: boolean,
  from: Uint8Array,
  start: number,
  end: number,
  content: LinkContent,
): number {
  const { attributeAt, attributeIsLittleEndian: littleEndian, packetEnd } = content;
  const at = attributeAt - start;
  const formerEnd = attributeAt + read16(from, attributeAt, littleEndian);
  const lost = isWhole ? 0 : formerEnd - packetEnd;
  write16(bytes, at, length - at + lost, littleEndian);
  if (lost > 0) return length;
  const padded = at + alignedLength(length - at);
  bytes.fill(0, length, padded);
  const next = attributeAt + alignedLength(formerEnd - attributeAt);
  if (next >= end) return padded;
  bytes.set(from.subarray(next, end), padded);
  return padded + end - next;
}

/** The index of the attribute with the packet; −1 when there is none. */
function findPayload(bytes: Uint8Array, first: number, end: number, littleEndian: boolean): number {
  let at = first;
  while (at + ATTRIBUTE_HEADER <= end) {
    const length = read16(bytes, at, littleEndian);
    if (length < ATTRIBUTE_HEADER) return -1;
    if ((read16(bytes, at + 2, littleEndian) & TYPE_MASK) === PAYLOAD) return at;
    at += alignedLength(length);
  }
  return -1;
}

function familyOf(value: number): AddressFamily | 0 {
  if (value === AF_INET) return 4;
  return value === AF_INET6 ? 6 : 0;
}

function familyOfProtocol(etherType: number): AddressFamily | 0 {
  if (etherType === 0x0800) return 4;
  return etherType === 0x86dd ? 6 : 0;
}

function alignedLength(length: number): number {
  return (length + 3) & ~3;
}

function read16(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes[at] | (bytes[at + 1] << 8) : (bytes[at] << 8) | bytes[at + 1];
}

function write16(bytes: Uint8Array, at: number, value: number, littleEndian: boolean): void {
  bytes[at] = littleEndian ? value & 0xff : value >>> 8;
  bytes[at + 1] = littleEndian ? value >>> 8 : value & 0xff;
}
