import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FEW } from '../../src/schedulers/few-servers.js';
import { weightedLeastConnection } from '../../src/schedulers/weighted-least-connection.js';
import { Rack } from '../support/rack.js';

const MAX_WEIGHT = 2 ** 31 - 1;
/** None, so that the list is walked over, or so many that it is indexed. */
const AMONG = [0, FEW];

test('wlc keeps every server within one connection of its share by weight', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 6 });
  const property = fc.property(weights, fc.nat(200), (all, count) => {
    const rack = new Rack();
    for (const [index, weight] of all.entries()) rack.add(String.fromCharCode(65 + index), weight);
    rack.opens(weightedLeastConnection()(rack.servers), count);
    const servers = [...rack.servers];
    const least = Math.min(...servers.map(({ active, weight }) => active / weight));
    for (const { active, weight } of servers)
      expect((active - 1) / weight).toBeLessThanOrEqual(least);
  });
  fc.assert(property);
});

test('wlc weighs 257 × active + inactive against the weight', () => {
  const rack = new Rack({ A: 2, B: 1 });
  const scheduler = weightedLeastConnection()(rack.servers);
  rack.server('A').open(true, 2);
  rack.server('B').open(true, 1);
  expect(rack.picks(scheduler)).toBe('B');
  rack.server('B').open(false, 1);
  expect(rack.picks(scheduler)).toBe('A');
  rack.server('A').open(false, 3);
  expect(rack.picks(scheduler)).toBe('B');
});

test('wlc gives ties, and all idle servers, to the newest one whatever its weight', () => {
  const rack = new Rack({ A: 9, B: 1 });
  const scheduler = weightedLeastConnection()(rack.servers);
  expect(rack.opens(scheduler, 2)).toBe('BA');
  rack.server('A').open(true, 8);
  expect(rack.picks(scheduler)).toBe('B');
});

test.each(AMONG)(
  'wlc tells ratios apart that are equal as doubles, among %i quiesced',
  (quiesced) => {
    const rack = new Rack({ A: MAX_WEIGHT - 1, B: MAX_WEIGHT });
    rack.addQuiesced(quiesced);
    const scheduler = weightedLeastConnection()(rack.servers);
    // The costs are one less than the weights.
    rack.server('A').open(true, 8_355_967);
    rack.server('A').open(false, 126);
    rack.server('B').open(true, 8_355_967);
    rack.server('B').open(false, 127);
    expect((MAX_WEIGHT - 2) / (MAX_WEIGHT - 1)).toBe((MAX_WEIGHT - 1) / MAX_WEIGHT);
    // B is the newer one and would win a tie.
    expect(rack.picks(scheduler)).toBe('A');
  },
);

test.each(AMONG)(
  'wlc follows its rule into negative costs, where weight 0 may win, among %i quiesced',
  (quiesced) => {
    const rack = new Rack({ A: 0, B: 1 });
    rack.addQuiesced(quiesced);
    const scheduler = weightedLeastConnection()(rack.servers);
    rack.server('B').open();
    rack.server('A').open(true, 2 ** 23);
    expect(rack.picks(scheduler)).toBe('A');
    rack.server('A').close(true, 2 ** 23);
    expect(rack.picks(scheduler)).toBe('B');
  },
);
