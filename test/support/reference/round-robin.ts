/** rr and wrr, stepping through the list as their rules do. */
import type { RuleMaker } from './algorithm.js';
import type { ReferenceServer } from './server.js';

/** The servers after a place in the list; all of them after none. */
function after(
  list: readonly ReferenceServer[],
  place: ReferenceServer | undefined,
): readonly ReferenceServer[] {
  return place === undefined ? list : list.slice(list.indexOf(place) + 1);
}

/** rr: the next usable one after the cursor, which is examined last. */
export const roundRobin: RuleMaker = ({ list }) => {
  let cursor: ReferenceServer | undefined;
  return {
    pick() {
      const order =
        cursor === undefined
          ? list
          : [...after(list, cursor), ...list.slice(0, list.indexOf(cursor) + 1)];
      const found = order.find((server) => server.usable);
      if (found !== undefined) cursor = found;
      return found;
    },
    removed(server, before) {
      if (cursor === server) cursor = before;
    },
  };
};

function gcd(left: number, right: number): number {
  return right === 0 ? left : gcd(right, left % right);
}

/** wrr: levels of required weight, descending by the greatest common divisor. */
export const weightedRoundRobin: RuleMaker = ({ list }) => {
  let cursor: ReferenceServer | undefined;
  let required = 0;
  let start = 0;
  let step = 1;

  const measure = (): void => {
    cursor = undefined;
    const weights = list.map((server) => server.weight).filter((weight) => weight > 0);
    step = weights.length === 0 ? 1 : weights.reduce(gcd);
    start = weights.length === 0 ? 0 : Math.max(...weights) - (step - 1);
  };
  const recompute = (): void => {
    measure();
    if (required > start || required === 0) required = start;
    else if (step > 1) required = Math.floor(required / step) * step + 1;
  };

  measure();
  required = start;
  return {
    added: recompute,
    edited: recompute,
    removed: recompute,
    pick() {
      if (start === 0) return undefined;
      const begin = cursor;
      let stop: ReferenceServer | undefined;
      let lastPass = false;
      let restarted = false;
      for (let pass = after(list, begin); ; pass = list) {
        for (const server of pass) {
          if (!server.overloaded && server.weight >= required) return (cursor = server);
          if (server === stop) {
            cursor = server;
            return undefined;
          }
        }
        required -= step;
        if (required <= 0) {
          required = start;
          if (lastPass || begin === undefined) {
            cursor = undefined;
            return undefined;
          }
          restarted = true;
        }
        lastPass = required <= step;
        if (lastPass && restarted && begin !== undefined) stop = begin;
      }
    },
  };
};
