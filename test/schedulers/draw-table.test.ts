import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerList } from '../../src/model/server-list.js';
import { seededRandom } from '../../src/random.js';
import { DrawTable } from '../../src/schedulers/draw-table.js';
import { powerOfTwoChoices } from '../../src/schedulers/power-of-two-choices.js';
import { WeightSums } from '../../src/schedulers/weight-sums.js';

const weights = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2 ** 24, 2 ** 31 - 1) },
);
/** A few servers, and now and then more than are few for the guide. */
const lists = fc.oneof(
  fc.array(weights, { minLength: 1, maxLength: 12 }),
  fc.array(weights, { minLength: 250, maxLength: 300, size: 'max' }),
);

function listOf(all: readonly number[]): ServerList {
  const options = all.map((weight, id) => ({
    address: `10.0.${id >> 8}.${id & 255}`,
    port: 80,
    weight,
  }));
  return new ServerList(options);
}

test('a draw table has the server for each number that the sums of weights have', () => {
  const property = fc.property(lists, fc.array(fc.nat()), (all, numbers) => {
    const servers = listOf(all);
    const sums = new WeightSums();
    for (const { position, weight } of servers) sums.set(position, weight);
    const bound = Math.min(sums.total + 1, 2 ** 31);
    const table = new DrawTable();
    table.build([...servers], bound);
    const ends = [...servers].map(({ position }) => position);
    for (const number of [1, bound - 1, ...numbers.map((any) => 1 + (any % (bound - 1)))]) {
      expect(ends[table.at(number)]).toBe(sums.at(number));
    }
  });
  fc.assert(property, { numRuns: 200 });
});

test('a draw table has the right server where a range of its guide begins at the sum of a weight', () => {
  // Two servers have sixteen ranges of ten numbers each; the first server ends where the sixth range begins.
  const servers = listOf([109, 50]);
  const table = new DrawTable();
  table.build([...servers], 160);
  expect([49, 50, 51, 159].map((number) => table.at(number))).toEqual([0, 0, 1, 1]);
});

test('twos picks from its table what it picks from its sums', () => {
  const property = fc.property(lists, fc.integer(), (all, seed) => {
    const [calm, restless] = [listOf(all), listOf(all)];
    const [table, sums] = [calm, restless].map((servers) =>
      powerOfTwoChoices({ random: seededRandom(seed) })(servers),
    );
    for (let pick = 0; pick < 2 * all.length + 5; pick++) {
      // An edit that changes nothing keeps the table from being built.
      restless.edit(restless.first?.toString() as string, {});
      const expected = sums.schedule({} as never);
      const picked = table.schedule({} as never);
      expect(picked?.position).toBe(expected?.position);
      picked?.open();
      expected?.open();
    }
  });
  fc.assert(property, { numRuns: 50 });
});

test('twos follows a change at once, however long its table has been right', () => {
  const servers = listOf([1, 1]);
  const scheduler = powerOfTwoChoices({ random: seededRandom(3) })(servers);
  for (let pick = 0; pick < 10; pick++) scheduler.schedule({} as never);
  servers.edit('10.0.0.1:80', { weight: 0 });
  const picked = Array.from({ length: 10 }, () => scheduler.schedule({} as never)?.toString());
  expect(new Set(picked)).toEqual(new Set(['10.0.0.0:80']));
});

test('twos builds its table once in as many picks as there are servers, whatever changes', () => {
  const servers = listOf(Array.from({ length: 50 }, () => 3));
  const scheduler = powerOfTwoChoices({ random: seededRandom(3) })(servers);
  const { table } = scheduler as unknown as { table: DrawTable };
  let builds = 0;
  const build = table.build.bind(table);
  table.build = (...words): void => {
    builds++;
    build(...words);
  };
  for (let pick = 1; pick <= 1000; pick++) {
    scheduler.schedule({} as never);
    if (pick % 40 === 0 && pick < 500) servers.edit('10.0.0.1:80', { weight: 3 + (pick % 7) });
  }
  expect(builds).toBe(1);
});
