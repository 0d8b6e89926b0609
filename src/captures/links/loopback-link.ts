/**
 * The loopback of BSD and macOS: an address family in 32 bits, then the packet.
 *
 * Link type 0 has the capturing machine's byte order, whatever the file's is, so both are tried; 108 has
 * network byte order. IPv6 has a number of its own in each system: 24 (NetBSD, OpenBSD), 28 (FreeBSD),
 * 30 (macOS), 10 (Linux). Source: the link-type list of tcpdump.org.
 */
import type { LinkContent } from './link-content.js';
import { CUT_IN_LINK_HEADER, type LinkRule } from './link-rule.js';

const AF_INET = 2;
const AF_INET6: readonly number[] = [24, 28, 30, 10];
const LENGTH = 4;

/** The rule of loopback captures. */
export const loopbackLink: LinkRule = {
  name: 'BSD loopback',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    if (start + LENGTH >= end) return content.nothing(CUT_IN_LINK_HEADER);
    const isLittle = bytes[start] !== 0;
    const family = isLittle ? bytes[start] : bytes[start + 3];
    const isSmall = bytes[start + 1] === 0 && bytes[start + 2] === 0;
    const field = isLittle ? 'little-endian' : 'big-endian';
    const at = start + LENGTH;
    if (isSmall && family === AF_INET) content.found(4, at, field, start);
    else if (isSmall && AF_INET6.includes(family)) content.found(6, at, field, start);
    else content.nothing(`address family ${family}`);
  },
};
