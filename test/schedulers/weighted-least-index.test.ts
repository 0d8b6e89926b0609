import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import { leastByRule, type Cost } from '../../src/schedulers/least-weighted-cost.js';
import { WeightedLeastIndex } from '../../src/schedulers/weighted-least-index.js';

const MAX = 2 ** 31 - 1;

/** Numbers whose quotients are often equal, or equal as doubles only. */
const weights = fc.constantFrom(0, 1, 2, 3, MAX - 2, MAX - 1, MAX);
const smallWeights = fc.constantFrom(0, 1, 2, 3);
const costs = fc.constantFrom(0, 1, 2, 3, 6, MAX - 3, MAX - 2, MAX - 1, MAX);
const smallCosts = fc.constantFrom(0, 1, 2, 3, 6);
const wrappedCosts = fc.constantFrom(-(2 ** 31), -3, -1, 0, 1, 2, MAX);

function stepsOf(cost: fc.Arbitrary<number>, weight: fc.Arbitrary<number>) {
  const kind = fc.constantFrom('add', 'remove', 'edit', 'load', 'load', 'load', 'pick', 'full');
  return fc.array(fc.tuple(kind, fc.nat(5), cost, weight), { maxLength: 60, size: 'max' });
}

test.each([
  ['small', stepsOf(smallCosts, smallWeights)],
  ['great', stepsOf(costs, weights)],
  ['wrapped', stepsOf(wrappedCosts, weights)],
])('an index of %s costs picks what the rule picks', (_, steps) => {
  const property = fc.property(fc.boolean(), steps, (asksSeldom, all) => {
    const list = new ServerList();
    const known = new Map<RealServer, number>();
    const cost: Cost = (server) => known.get(server) ?? 0;
    const index = new WeightedLeastIndex(list, cost, asksSeldom);
    for (const [kind, id, itsCost, weight] of all) {
      const key = { address: `10.0.0.${id}`, port: 80 };
      const server = list.get(key);
      if (kind === 'pick') expect(index.pick()).toBe(leastByRule(list, cost));
      else if (server === undefined) list.add({ ...key, weight, upperThreshold: 1 });
      else if (kind === 'remove') list.remove(server);
      else if (kind === 'edit') list.edit(server, { weight });
      else if (kind === 'load') {
        known.set(server, itsCost);
        index.loadChanged(server);
      } else if (server.active > 0) server.close();
      else server.open();
    }
    expect(index.pick()).toBe(leastByRule(list, cost));
  });
  fc.assert(property, { numRuns: 400 });
});

test('an index that is asked seldom writes no key that rises before its server would win', () => {
  const list = new ServerList();
  const costsOf = new Map<RealServer, number>();
  let asked = 0;
  const index = new WeightedLeastIndex(
    list,
    (server) => {
      asked += 1;
      return costsOf.get(server) ?? 0;
    },
    true,
  );
  const [one, two] = [1, 2].map((id) => list.add({ address: `10.0.0.${id}`, port: 80 }));
  costsOf.set(one, 5);
  costsOf.set(two, 1);
  index.loadChanged(one);
  index.loadChanged(two);
  asked = 0;
  // The newer server had key 0: it is looked at, then the older one, and then it wins.
  expect(index.pick()).toBe(two);
  expect(asked).toBe(3);
  asked = 0;
  expect(index.pick()).toBe(two);
  expect(asked).toBe(1);
});

test('an index that is asked seldom notices a cost that falls by one', () => {
  const list = new ServerList();
  const costsOf = new Map<RealServer, number>();
  const index = new WeightedLeastIndex(list, (server) => costsOf.get(server) ?? 0, true);
  const [one, two] = [1, 2].map((id) => list.add({ address: `10.0.0.${id}`, port: 80 }));
  const change = (server: RealServer, cost: number): RealServer | undefined => {
    costsOf.set(server, cost);
    index.loadChanged(server);
    return index.pick();
  };
  expect([change(two, 5), change(one, 4), change(two, 4), change(two, 3), change(one, 2)]).toEqual([
    one,
    one,
    two,
    two,
    one,
  ]);
});

test('a closed index follows its list no longer', () => {
  const list = new ServerList();
  const index = new WeightedLeastIndex(list, () => 0, false);
  index.close();
  const server = list.add({ address: '10.0.0.1', port: 80 });
  expect(server.position).toBe(0);
  expect(index.pick()).toBeUndefined();
});

test.each([0, 1, 2, 3, 4])('an index compares equal quotients exactly: position %i', (least) => {
  const list = new ServerList();
  const costOf: Cost = ({ position }) => (position === least ? MAX - 2 : MAX - 1);
  const index = new WeightedLeastIndex(list, costOf, false);
  // As doubles all quotients are equal: 1 - 1 / (MAX - 1) and 1 - 1 / MAX.
  expect((MAX - 2) / (MAX - 1)).toBe((MAX - 1) / MAX);
  for (let id = 0; id < 5; id++) {
    list.add({ address: `10.0.0.${id}`, port: 80, weight: id === least ? MAX - 1 : MAX });
  }
  expect(index.pick()?.position).toBe(least);
});

test('an index asks for costs at a pick only as long as one is negative', () => {
  const list = new ServerList();
  const known = new Map<RealServer, number>();
  let asked = 0;
  const cost: Cost = (server) => {
    asked += 1;
    return known.get(server) ?? 0;
  };
  const index = new WeightedLeastIndex(list, cost, false);
  const servers = [1, 2, 3].map((id) => list.add({ address: `10.0.0.${id}`, port: 80 }));
  const asksAtPick = (): boolean => {
    asked = 0;
    index.pick();
    return asked > 0;
  };
  const set = (server: RealServer, its: number): void => {
    known.set(server, its);
    index.loadChanged(server);
  };
  expect(asksAtPick()).toBe(false);
  set(servers[0], -1);
  set(servers[1], -2);
  expect(asksAtPick()).toBe(true);
  set(servers[1], 2);
  expect(asksAtPick()).toBe(true);
  set(servers[0], 1);
  expect(asksAtPick()).toBe(false);
  set(servers[2], -3);
  expect(asksAtPick()).toBe(true);
  list.remove(servers[2]);
  expect(asksAtPick()).toBe(false);
});
