/**
 * What the connections of a server cost: an active one 257, an inactive one 1.
 *
 * The cost is a signed 32-bit number and wraps around: from 2^23 active connections on it is
 * negative, and 2^24 cost nothing. Source: recorded decisions of Linux 6.1.
 */
import type { RealServer } from '../model/real-server.js';

/**
 * The connection cost of a server: 256 × active + total.
 *
 * @param server - The server.
 * @returns A signed 32-bit integer.
 */
export function connectionCost(server: RealServer): number {
  return ((server.active << 8) + server.total) | 0;
}
