/**
 * Keys that stand for clients, such as cookies: as addresses, so that persistence and the hashing schedulers
 * treat a key as they treat an address.
 *
 * The address is `ff00::/8`, which no client has, followed by 120 bits of a hash over the key's UTF-16 code units:
 * the same in every process and on every platform. Two keys that share a hash share a server, and that is all.
 */
import { IpAddress } from '../ip-address.js';

/** Odd multipliers, one for each word: fractional parts of square roots of 2, 3, 5 and 7. */
const MULTIPLIERS = [0x6a09e667, 0xbb67ae85, 0x3c6ef373, 0xa54ff53b] as const;
const MULTICAST = 0xff000000;

/**
 * The address that stands for a key.
 *
 * @param key - The key, not empty.
 * @returns An IPv6 address in `ff00::/8`.
 */
export function keyAddress(key: string): IpAddress {
  const [first, second, third, fourth] = MULTIPLIERS;
  const word0 = hash(key, first) | MULTICAST;
  return IpAddress.fromIpv6(word0, hash(key, second), hash(key, third), hash(key, fourth));
}

/** A multiplicative hash with a final mix, as in MurmurHash3. */
function hash(key: string, multiplier: number): number {
  let state = multiplier ^ key.length;
  for (let index = 0; index < key.length; index++) {
    state = Math.imul(state ^ key.charCodeAt(index), multiplier | 1);
    state = (state << 13) | (state >>> 19);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return state ^ (state >>> 16);
}
