import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortestExpectedDelay } from '../../src/schedulers/shortest-expected-delay.js';
import { Rack } from '../support/rack.js';

test('sed prefers an idle heavy server to an idle light one', () => {
  const rack = new Rack({ A: 3, B: 1 });
  expect(rack.opens(shortestExpectedDelay()(rack.servers), 5)).toBe('AABAA');
});

test('sed picks a server whose (active + 1) / weight nobody undercuts', () => {
  const loads = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(20), fc.nat(1000)), {
    minLength: 1,
    maxLength: 8,
  });
  const property = fc.property(loads, (all) => {
    const rack = new Rack();
    for (const [index, [weight, active, inactive]] of all.entries()) {
      const server = rack.add(String.fromCharCode(65 + index), weight);
      server.open(true, active);
      server.open(false, inactive);
    }
    const picked = shortestExpectedDelay()(rack.servers).schedule(undefined as never);
    const delays = all.map(([weight, active]) => (active + 1) / weight);
    expect(((picked?.active ?? NaN) + 1) / (picked?.weight ?? NaN)).toBe(Math.min(...delays));
  });
  fc.assert(property);
});

test('sed does not count inactive connections', () => {
  const rack = new Rack({ A: 1, B: 1 });
  rack.server('B').open(false, 1000);
  expect(rack.picks(shortestExpectedDelay()(rack.servers))).toBe('B');
});
