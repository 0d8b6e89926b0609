/** The rules that walk the whole list for the least or the most of something: lc, wlc, sed, nq, fo, ovf. */
import type { RuleMaker } from './algorithm.js';
import type { ReferenceServer } from './server.js';

/** Whether one ratio of cost to weight is greater than another, by exact products. */
export function heavier(
  leftCost: number,
  leftWeight: number,
  rightCost: number,
  rightWeight: number,
): boolean {
  return BigInt(leftCost) * BigInt(rightWeight) > BigInt(rightCost) * BigInt(leftWeight);
}

/** The least cost per weight; weight 0 is only looked at while the first candidate is sought. */
export function weightedLeast(
  list: readonly ReferenceServer[],
  costOf: (server: ReferenceServer) => number,
): ReferenceServer | undefined {
  const first = list.findIndex((server) => server.usable);
  if (first < 0) return undefined;
  let best = list[first];
  for (const server of list.slice(first + 1)) {
    if (server.overloaded) continue;
    if (heavier(costOf(best), best.weight, costOf(server), server.weight)) best = server;
  }
  return best;
}

/** lc: the least cost, read as an unsigned number. */
export const leastConnection: RuleMaker = ({ list }) => ({
  pick() {
    let best: ReferenceServer | undefined;
    for (const server of list.filter((each) => each.usable)) {
      if (best === undefined || server.cost >>> 0 < best.cost >>> 0) best = server;
    }
    return best;
  },
});

/** wlc: the least cost per weight. */
export const weightedLeastConnection: RuleMaker = ({ list }) => ({
  pick: () => weightedLeast(list, (server) => server.cost),
});

/** sed: the least (active + 1) per weight. */
export const shortestExpectedDelay: RuleMaker = ({ list }) => ({
  pick: () => weightedLeast(list, (server) => server.active + 1),
});

/** nq: the first idle one, otherwise as sed. */
export const neverQueue: RuleMaker = ({ list }) => ({
  pick() {
    let best: ReferenceServer | undefined;
    for (const server of list.filter((each) => each.usable)) {
      if (server.active === 0) return server;
      if (
        best === undefined ||
        heavier(best.active + 1, best.weight, server.active + 1, server.weight)
      )
        best = server;
    }
    return best;
  },
});

function heaviest(list: readonly ReferenceServer[]): ReferenceServer | undefined {
  let best: ReferenceServer | undefined;
  for (const server of list) if (best === undefined || server.weight > best.weight) best = server;
  return best;
}

/** fo: the greatest weight. */
export const weightedFailover: RuleMaker = ({ list }) => ({
  pick: () => heaviest(list.filter((server) => server.usable)),
});

/** ovf: the greatest weight among those with no more active connections than weight. */
export const weightedOverflow: RuleMaker = ({ list }) => ({
  pick: () => heaviest(list.filter((server) => server.usable && server.active <= server.weight)),
});
