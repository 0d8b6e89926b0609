/**
 * Packets as bytes: views, checksums, rewriting in place, and descriptions. Useful without the rest.
 *
 * @packageDocumentation
 */
export * from './bytes.js';
export * from './checksum.js';
export * from './crc32c.js';
export * from './describe-packet.js';
export * from './encode-packet.js';
export * from './ethernet.js';
export type * from './fragment-trace.js';
export * from './gre.js';
export * from './gue.js';
export * from './header-view.js';
export * from './icmp.js';
export * from './ipv4.js';
export * from './ipv6.js';
export * from './ipv6-extensions.js';
export * from './mac-address.js';
export type * from './packet-description.js';
export * from './packet.js';
export { PacketFields } from './packet-fields.js';
export * from './protocol-numbers.js';
export * from './rewrite.js';
export * from './sctp.js';
export * from './tcp.js';
export * from './udp.js';
export { IpAddress, type AddressFamily, type IpAddressLike } from '../ip-address.js';
