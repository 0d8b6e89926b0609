/**
 * What the connections of a server cost, by algorithm.
 *
 * | algorithms                    | cost                                                             |
 * | ----------------------------- | ---------------------------------------------------------------- |
 * | lc, wlc, lblc, lblcr, twos    | 257 for an active connection, older kernels 256; 1 for an inactive one |
 * | sed                           | 1 for an active connection and for the new one                   |
 * | nq                            | as for sed; 0 without an active connection                       |
 *
 * A cost is a signed 32-bit number and wraps around: for lc from 2^23 active connections on it is
 * negative, and 2^24 cost nothing. Source: recorded decisions.
 */
import { type KernelRelease, kernelRules } from '../model/kernel-profile.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';

/** Options of the algorithms that compare loads. */
export interface LoadOptions {
  /** The kernel that says what a connection weighs; default that of the list of servers. */
  readonly kernel?: KernelRelease;
}

/**
 * The rule of what connections cost.
 *
 * @param servers - The list whose servers are compared.
 * @param kernel - The kernel; default that of the list.
 * @returns The cost of a server, a signed 32-bit integer.
 */
export function costRule(
  servers: ServerList,
  kernel: KernelRelease | undefined,
): (server: RealServer) => number {
  const { countsTotal } = kernel === undefined ? servers.kernel : kernelRules(kernel);
  return countsTotal ? connectionCost : costOfInactive;
}

/** 256 × active + total. */
function connectionCost(server: RealServer): number {
  return ((server.active << 8) + server.total) | 0;
}

/** 256 × active + inactive. */
function costOfInactive(server: RealServer): number {
  return ((server.active << 8) + server.inactive) | 0;
}

/**
 * The cost of a server with the new connection, by which `sed` compares.
 *
 * @param server - The server.
 * @returns A signed 32-bit integer.
 */
export function costOfDelay(server: RealServer): number {
  return (server.active + 1) | 0;
}

/**
 * The same for `nq`, to which an idle server costs nothing.
 *
 * @param server - The server.
 * @returns 0, or as `costOfDelay`.
 */
export function costUnlessIdle(server: RealServer): number {
  return server.active === 0 ? 0 : server.active + 1;
}
