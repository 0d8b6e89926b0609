/** Addresses and endpoints of generated packets. */
import * as fc from 'fast-check';
import type { Endpoints } from '../../replay/scheduler-trace-steps.js';

/** The family of the addresses of a run. */
export type Family = 'ipv4' | 'ipv6';

/** Either family. */
export const families: fc.Arbitrary<Family> = fc.constantFrom('ipv4', 'ipv6');

/** The address of the server with a number: close together, as in a rack. */
export function serverAddress(family: Family, id: number): string {
  return family === 'ipv4'
    ? `10.1.${id >> 8}.${id & 255}`
    : `2001:db8:0:1::${(id + 1).toString(16)}`;
}

/** The address with a number among the clients or virtual addresses: scattered. */
function peerAddress(family: Family, number: number): string {
  const bits = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  if (family === 'ipv4') return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
  return `2001:db8:${(bits >>> 16).toString(16)}::${(bits & 0xffff).toString(16)}`;
}

/** Packets of one family: mostly from few clients to few destinations, so that they come again. */
export function endpoints(family: Family): fc.Arbitrary<Endpoints> {
  const peer = fc
    .oneof({ weight: 4, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.nat(1_000_000) })
    .map((number) => peerAddress(family, number));
  return fc.tuple(peer, fc.nat(65535), peer, fc.constantFrom(80, 443));
}
