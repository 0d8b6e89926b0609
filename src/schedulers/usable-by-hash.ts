/**
 * The second choice of a hashing scheduler: the servers that can be used, as if they were the whole list.
 */
import { isUsable, type RealServer } from '../model/real-server.js';

/**
 * Picks a usable server by a hash.
 *
 * @param servers - The list, in its order.
 * @param hash - The hash, 0 or more.
 * @returns The server, or `undefined` when none is usable. Cost: O(servers).
 */
export function usableByHash(servers: Iterable<RealServer>, hash: number): RealServer | undefined {
  const usable = [...servers].filter(isUsable);
  return usable[hash % usable.length];
}
