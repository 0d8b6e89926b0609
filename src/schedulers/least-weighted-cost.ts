/**
 * The rule of "weighted least", as it is written, over any servers in list order.
 *
 * Of the servers that are neither overloaded nor suspended, the first with weight > 0 stands; a later one d replaces the
 * standing one b when cost(b) × d.weight > cost(d) × b.weight. Products are exact. Source: recorded decisions.
 */
import type { RealServer } from '../model/real-server.js';
import { crossDifference, mayRoundToEqual } from './exact-ratio.js';

/** Gives the cost of a server, a signed 32-bit integer. */
export type Cost = (server: RealServer) => number;

/**
 * Walks over a few servers, by products of doubles as long as those are exact.
 *
 * @param servers - The servers, in list order.
 * @param cost - What a server costs.
 * @returns The server to pick, or `undefined` when none is usable.
 */
export function leastOfFew(servers: readonly RealServer[], cost: Cost): RealServer | undefined {
  let best: RealServer | undefined;
  // Against these, any server with weight wins, and none without.
  let leastCost = 1;
  let weightOfLeast = 0;
  let bits = 0;
  for (let index = 0; index < servers.length; index++) {
    const server = servers[index];
    const weight = server.usableWeight;
    const itsCost = cost(server);
    bits |= itsCost | weight;
    if (leastCost * weight > itsCost * weightOfLeast) {
      best = server;
      leastCost = itsCost;
      weightOfLeast = weight;
    }
  }
  return mayRoundToEqual(bits) ? leastByRule(servers, cost) : best;
}

/**
 * Walks over servers whose costs and weights may be any.
 *
 * @param servers - The servers, in list order.
 * @param cost - What a server costs.
 * @returns The server to pick, or `undefined` when none is usable.
 */
export function leastByRule(servers: Iterable<RealServer>, cost: Cost): RealServer | undefined {
  let best: RealServer | undefined;
  for (const server of servers) {
    if (server.overloaded || server.suspended) continue;
    if (best === undefined) {
      if (server.weight > 0) best = server;
    } else if (crossDifference(cost(best), server.weight, cost(server), best.weight) > 0) {
      best = server;
    }
  }
  return best;
}
