import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import { crossDifference } from '../../src/schedulers/exact-ratio.js';
import { ReplicaSet } from '../../src/schedulers/replica-set.js';

const cost = ({ active, total }: RealServer): number => ((active << 8) + total) | 0;

/** The rule as it is written, over the members, newest first. */
function leastByRule(members: readonly RealServer[]): RealServer | undefined {
  let least: RealServer | undefined;
  for (const each of members) {
    if (each.overloaded || each.suspended || !each.available) continue;
    if (least === undefined) {
      if (each.weight > 0) least = each;
    } else if (crossDifference(cost(least), each.weight, cost(each), least.weight) > 0) {
      least = each;
    }
  }
  return least;
}

function mostByRule(members: readonly RealServer[]): RealServer | undefined {
  let most: RealServer | undefined;
  for (const each of members) {
    if (each.weight === 0) continue;
    if (most === undefined) most = each;
    else if (crossDifference(cost(most), each.weight, cost(each), most.weight) < 0) most = each;
  }
  return most;
}

const server = fc.record({
  weight: fc.constantFrom(0, 1, 2, 3, 2 ** 24, 2 ** 31 - 1),
  active: fc.constantFrom(0, 0, 1, 2, 3, 2 ** 22, 2 ** 23, 2 ** 24),
  fate: fc.constantFrom('', '', '', 'removed', 'suspended'),
});
const steps = fc.array(fc.constantFrom(0, 1, 2, 3, 'delete' as const), { maxLength: 12 });

describe('a set of replicas', () => {
  it('has the least and the most loaded member that the rule gives, whatever costs and weights are', () => {
    fc.assert(
      fc.property(fc.array(server, { minLength: 4, maxLength: 4 }), steps, (settings, steps) => {
        const list = new ServerList();
        const servers = settings.map(({ weight, active, fate }, n) => {
          const each = list.add({ address: `10.0.0.${n + 1}`, port: 80, weight });
          each.open(true, active);
          if (fate === 'removed') list.remove(each);
          if (fate === 'suspended') each.suspend();
          return each;
        });
        const set = new ReplicaSet(cost);
        let members: RealServer[] = [];
        for (const step of steps) {
          if (step === 'delete') {
            const most = mostByRule(members);
            members = members.filter((each) => each !== most);
            set.deleteMostLoaded(0);
          } else {
            const joining = servers[step];
            if (!members.includes(joining)) members = [joining, ...members];
            set.add(joining, 0);
          }
          const shown = set.toJSON().members.map(({ address }) => address);
          expect(shown).toEqual(members.map(({ address }) => address.toString()).toReversed());
          expect(set.size).toBe(members.length);
          expect(set.leastLoaded()).toBe(leastByRule(members));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
