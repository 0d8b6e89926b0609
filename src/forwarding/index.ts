/**
 * What a director does to packets: masquerading, direct routing, tunnelling, ICMP errors, fragments.
 *
 * @packageDocumentation
 */
export type { Action } from './action.js';
export { AddressBuffer } from '../address-words.js';
export { bypass } from './cache-bypass.js';
export { gatewaying } from './direct-routing.js';
export type * from './environment.js';
export type * from './forwarder.js';
export * from './fragmentation.js';
export { needsAssembly } from './fragment-parts.js';
export { isIcmpError, makeIcmpError, type IcmpErrorKind } from './own-icmp-errors.js';
export * from './received-icmp-errors.js';
export { hasSourceRoute } from './ip-options.js';
export { checkServerSide } from './ttl-and-mtu.js';
export * from './link.js';
export * from './link-table.js';
export { masquerading } from './masquerading.js';
export * from './output.js';
export * from './path-mtu.js';
export * from './reassembly.js';
export { routeOn } from './routing.js';
export * from './target.js';
export * from './tunnel-errors.js';
export { tunneling } from './tunneling.js';
