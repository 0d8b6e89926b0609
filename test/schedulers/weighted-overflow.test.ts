import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { weightedOverflow } from '../../src/schedulers/weighted-overflow.js';
import { Rack } from '../support/rack.js';

test('ovf fills the heaviest server one beyond its weight, then the next', () => {
  const rack = new Rack({ A: 1, B: 3, C: 2 });
  expect(rack.opens(weightedOverflow()(rack.servers), 10)).toBe('BBBBCCCAA-');
});

test('ovf takes in weight + 1 connections per server before it refuses', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 });
  const property = fc.property(weights, (all) => {
    const rack = new Rack();
    for (const [index, weight] of all.entries()) rack.add(String.fromCharCode(65 + index), weight);
    const room = all.reduce((sum, weight) => sum + weight + 1, 0);
    const picked = rack.opens(weightedOverflow()(rack.servers), room + 2);
    expect(picked.indexOf('-')).toBe(room);
  });
  fc.assert(property);
});

test('ovf does not count inactive connections', () => {
  const rack = new Rack({ A: 1, B: 3 });
  rack.server('B').open(false, 100);
  expect(rack.picks(weightedOverflow()(rack.servers))).toBe('B');
});

test('ovf prefers the newest of equals', () => {
  const rack = new Rack({ A: 3, B: 3 });
  expect(rack.opens(weightedOverflow()(rack.servers), 8)).toBe('BBBBAAAA');
});

test('ovf goes by its short name', () => {
  expect(weightedOverflow()(new Rack().servers).name).toBe('ovf');
});
