/**
 * Packets as bytes: reading, checksums, rewriting in place, and descriptions. Useful without the rest.
 *
 * @packageDocumentation
 */
export { readUint16, writeUint16 } from './bytes.js';
export { checksum } from './checksum.js';
export { describePacket, verifyChecksums } from './describe-packet.js';
export { encodePacket } from './encode-packet.js';
export { ETHERNET_HEADER_LENGTH, writeEthernetHeader } from './ethernet.js';
export type * from './fragment-trace.js';
export { greHeaderLength } from './gre-flags.js';
export { ICMP_TYPE, ICMPV6_TYPE } from './icmp-types.js';
export { Ipv6Extensions } from './ipv6-extensions.js';
export * from './mac-address.js';
export type * from './packet-description.js';
export * from './packet.js';
export { PacketFields } from './packet-fields.js';
export * from './protocol-numbers.js';
export {
  decrementTimeToLive,
  rewriteDestination,
  rewriteDestinationPort,
  rewriteSource,
  rewriteSourcePort,
  rewriteTimeToLive,
} from './rewrite.js';
export { TCP_FLAG } from './tcp-flags.js';
export { IpAddress, type AddressFamily, type IpAddressLike } from '../ip-address.js';
