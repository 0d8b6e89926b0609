/** twos: the less loaded of two servers drawn by weight, compared in wrapping 32-bit products. */
import type { RuleMaker } from './algorithm.js';
import type { ReferenceServer } from './server.js';

function product(weight: number, cost: number): bigint {
  return BigInt.asIntN(32, BigInt(weight) * BigInt(cost));
}

/** twos: power of two random choices. */
export const powerOfTwoChoices: RuleMaker = ({ list, draw }) => ({
  pick() {
    const usable = list.filter((server) => server.usable);
    if (usable.length === 0) return undefined;
    const bound = usable.reduce((sum, server) => sum + server.weight, 0) + 1;
    const choose = (value: number): ReferenceServer => {
      let rest = value;
      return usable.find((server) => (rest -= server.weight) <= 0) as ReferenceServer;
    };
    const first = draw(bound);
    const second = draw(bound);
    const a = choose(first);
    const b = choose(second);
    return product(b.weight, a.cost) > product(a.weight, b.cost) ? b : a;
  },
});
