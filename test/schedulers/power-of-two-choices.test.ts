import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/random.js';
import { powerOfTwoChoices } from '../../src/schedulers/power-of-two-choices.js';
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
