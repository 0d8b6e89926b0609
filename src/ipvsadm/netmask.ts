/**
 * Netmasks of the rule language: for IPv4 an address taken bit for bit, for IPv6 the number of
 * leading bits.
 */
import { type AddressFamily, IpAddress } from '../ip-address.js';
import { isHostMask, prefixLengthOf } from '../services/persistence-settings.js';
import { readHost } from './endpoint.js';
import type { HostLookup } from './parse-options.js';

const allBits = IpAddress.fromIpv6(-1, -1, -1, -1);

/**
 * Reads a netmask.
 *
 * @param text - As written behind `-M`.
 * @param family - How it is to be understood.
 * @param hosts - Resolves host names, which the tool takes here, too.
 * @returns The mask, or `undefined` when the text is none.
 */
export function readNetmask(
  text: string,
  family: AddressFamily,
  hosts?: HostLookup,
): IpAddress | undefined {
  if (family === 4) return readHost(text, hosts);
  // Only the digits at the front count: "64x" is 64.
  const length = Number(/^\d+/.exec(text)?.[0] ?? 0);
  return length >= 1 && length <= 128 ? allBits.prefix(length) : undefined;
}

/**
 * Writes a netmask as rules and listings show it.
 *
 * @param netmask - The mask.
 * @returns Dotted IPv4 or a number of bits; empty when it keeps every bit, which is not shown.
 */
export function formatNetmask(netmask: IpAddress): string {
  if (isHostMask(netmask)) return '';
  return netmask.family === 4 ? netmask.toString() : String(prefixLengthOf(netmask));
}
