import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastConnection } from '../../src/schedulers/least-connection.js';
import { Rack } from '../support/rack.js';

test('lc keeps servers level: no two differ by more than one connection', () => {
  const property = fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(60), (size, count) => {
    const rack = new Rack();
    for (let index = 0; index < size; index++) rack.add(String.fromCharCode(65 + index), index + 1);
    rack.opens(leastConnection()(rack.servers), count);
    const loads = [...rack.servers].map(({ active }) => active);
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
  });
  fc.assert(property);
});

test('lc counts an active connection as 257 inactive ones', () => {
  const rack = new Rack({ A: 1, B: 1 });
  const scheduler = leastConnection()(rack.servers);
  rack.server('A').open(true, 1);
  rack.server('B').open(false, 256);
  expect(rack.picks(scheduler)).toBe('B');
  rack.server('B').open(false, 2);
  expect(rack.picks(scheduler)).toBe('A');
});

test('lc gives ties to the newest server', () => {
  const rack = new Rack({ A: 1, B: 1, C: 1 });
  expect(rack.opens(leastConnection()(rack.servers), 6)).toBe('CBACBA');
});

test('lc takes a cost of 2^31 or more for a large one, and one of 2^32 for none', () => {
  const rack = new Rack({ A: 1, B: 1 });
  const scheduler = leastConnection()(rack.servers);
  rack.server('A').open(true, 1000);
  rack.server('B').open(true, 2 ** 23);
  expect(rack.picks(scheduler)).toBe('A');
  rack.server('B').open(true, 2 ** 24 - 2 ** 23 - 65_536);
  rack.server('B').open(false, 65_536);
  expect(rack.server('B').total).toBe(2 ** 24);
  rack.server('B').activate(65_536);
  rack.server('A').open(true, 70_000);
  expect(rack.picks(scheduler)).toBe('B');
});
