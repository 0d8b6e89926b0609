import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { ServerListObserver } from '../../src/model/server-list-observer.js';
import { seededRandom } from '../../src/random.js';
import { DrawTable } from '../../src/schedulers/draw-table.js';
import { powerOfTwoChoices } from '../../src/schedulers/power-of-two-choices.js';
import type { Scheduler } from '../../src/schedulers/scheduler.js';
import { WeightSums } from '../../src/schedulers/weight-sums.js';
import { Rack } from '../support/rack.js';

/** A source that gives these values below a bound, one after the other. */
function draws(bound: number, ...values: number[]): () => number {
  return () => ((values.shift() ?? NaN) + 0.5) / bound;
}

test('twos draws by weight, in list order, and the first server for one value more', () => {
  const rack = new Rack({ A: 3, B: 2, C: 1 });
  const drawn = Array.from({ length: 7 }, (_, value) =>
    rack.picks(powerOfTwoChoices({ random: draws(7, value, value) })(rack.servers)),
  );
  expect(drawn.join('')).toBe('CCBBAAA');
});

test('twos picks the less loaded of the two, and the first drawn on a tie', () => {
  const rack = new Rack({ A: 2, B: 1 });
  const pick = (first: number, second: number): string =>
    rack.picks(powerOfTwoChoices({ random: draws(4, first, second) })(rack.servers));
  expect([pick(0, 3), pick(3, 0)]).toEqual(['B', 'A']);
  rack.server('A').open();
  expect([pick(0, 3), pick(3, 0)]).toEqual(['B', 'B']);
  rack.server('B').open();
  expect([pick(0, 3), pick(3, 0)]).toEqual(['A', 'A']);
});

test('twos draws two numbers per pick, and none when nobody is usable', () => {
  const rack = new Rack({ A: 0, B: { upperThreshold: 1 } });
  let drawn = 0;
  const scheduler = powerOfTwoChoices({ random: () => (drawn++, 0.5) })(rack.servers);
  expect(rack.opens(scheduler, 3)).toBe('B--');
  expect(drawn).toBe(2);
});

test('twos decides the same for the same seed', () => {
  const property = fc.property(fc.integer(), (seed) => {
    const rack = new Rack({ A: 1, B: 5, C: 3 });
    const make = powerOfTwoChoices;
    const first = rack.picks(make({ random: seededRandom(seed) })(rack.servers), 30);
    expect(rack.picks(make({ random: seededRandom(seed) })(rack.servers), 30)).toBe(first);
  });
  fc.assert(property);
});

test('twos draws from the platform when it is given no source', () => {
  const rack = new Rack({ A: 1, B: 1 });
  expect(rack.picks(powerOfTwoChoices()(rack.servers), 20)).toMatch(/^[AB]{20}$/);
});

test('twos compares in wrapping 32-bit products', () => {
  const rack = new Rack({ A: 65535, B: 65535 });
  // 65535 × 257 × 128 exceeds 2^31, and counts as less than nothing.
  rack.server('A').open(true, 128);
  const random = draws(2 * 65535 + 1, 70_000, 0);
  expect(rack.picks(powerOfTwoChoices({ random })(rack.servers))).toBe('A');
});

test('twos keeps the load far more level than one choice would', () => {
  const rack = new Rack();
  for (const letter of 'ABCDEFGHIJKLMNOPQRST') rack.add(letter);
  rack.opens(powerOfTwoChoices({ random: seededRandom(7) })(rack.servers), 20_000);
  const loads = [...rack.servers].map(({ active }) => active);
  expect(Math.max(...loads) - Math.min(...loads)).toBeLessThan(20);
});

test('twos picks the same from its table as from its tree, which every change brings back', () => {
  const servers = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.boolean()), {
    minLength: 1,
    maxLength: 6,
  });
  const property = fc.property(fc.integer(), servers, (seed, all) => {
    const rack = new Rack();
    for (const [index, [weight, connections, isFull]] of all.entries()) {
      const server = rack.add(String.fromCharCode(65 + index), { weight });
      server.open(true, connections);
      if (isFull) server.suspend();
    }
    const calm = powerOfTwoChoices({ random: seededRandom(seed) })(rack.servers);
    const nervous: Scheduler & ServerListObserver = powerOfTwoChoices({
      random: seededRandom(seed),
    })(rack.servers);
    for (let pick = 0; pick < 40; pick++) {
      nervous.renumbered?.();
      expect(rack.picks(calm)).toBe(rack.picks(nervous));
    }
  });
  fc.assert(property);
});

test('twos builds its table once, of usable servers, and asks the tree no longer', () => {
  const rack = new Rack({ A: 2, B: 3, C: 0 });
  const build = vi.spyOn(DrawTable.prototype, 'build');
  const look = vi.spyOn(WeightSums.prototype, 'at');
  const scheduler = powerOfTwoChoices({ random: seededRandom(1) })(rack.servers);
  rack.picks(scheduler, 3);
  expect(build).not.toHaveBeenCalled();
  rack.picks(scheduler, 1);
  expect(build.mock.calls.map(([servers]) => servers)).toEqual([
    [rack.server('B'), rack.server('A')],
  ]);
  look.mockClear();
  rack.picks(scheduler, 20);
  expect(look).not.toHaveBeenCalled();
  expect(build).toHaveBeenCalledTimes(1);
  vi.restoreAllMocks();
});

test('twos follows its list until it is closed, and remembers nothing else', () => {
  const rack = new Rack();
  const scheduler = powerOfTwoChoices({ random: () => 0 })(rack.servers);
  expect([scheduler.name, scheduler.toJSON(), rack.picks(scheduler)]).toEqual(['twos', null, '-']);
  rack.add('A', 1);
  expect(rack.picks(scheduler, 4)).toBe('AAAA');
  rack.edit('A', { weight: 0 });
  expect(rack.picks(scheduler)).toBe('-');
  rack.edit('A', { weight: 1 });
  rack.add('B', 1);
  expect(rack.picks(scheduler, 4)).toBe('BBBB');
  rack.remove('B');
  expect(rack.picks(scheduler, 4)).toBe('AAAA');
  scheduler.close?.();
  rack.remove('A');
  rack.add('C', 1);
  expect(rack.picks(scheduler)).toBe('A');
});

test.each([
  [1, 2, 'B'],
  [2, 1, 'A'],
])('twos picks the first drawn on a tie also from its table: %i, %i', (first, second, letter) => {
  const rack = new Rack({ A: 1, B: 1 });
  const numbers = Array.from({ length: 10 }, () => [first, second]).flat();
  const scheduler = powerOfTwoChoices({ random: draws(3, ...numbers) })(rack.servers);
  expect(rack.picks(scheduler, 10)).toBe(letter.repeat(10));
});
