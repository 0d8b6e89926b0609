import { expect, test } from 'vitest';
import { weightedFailover } from '../../src/schedulers/weighted-failover.js';
import { Rack } from '../support/rack.js';

test('fo sends everything to the heaviest server, however loaded', () => {
  const rack = new Rack({ A: 1, B: 3, C: 2 });
  expect(rack.opens(weightedFailover()(rack.servers), 100)).toBe('B'.repeat(100));
});

test('fo fails over to the next heaviest when one is overloaded or quiesced, and back', () => {
  const rack = new Rack({ A: 1, B: { weight: 3, upperThreshold: 2 }, C: 2 });
  const scheduler = weightedFailover()(rack.servers);
  expect(rack.opens(scheduler, 4)).toBe('BBCC');
  rack.edit('C', { weight: 0 });
  expect(rack.picks(scheduler)).toBe('A');
  rack.server('B').close(true, 2);
  expect(rack.picks(scheduler)).toBe('B');
});

test('fo prefers the newest of equals', () => {
  const rack = new Rack({ A: 3, B: 3, C: 3 });
  expect(rack.picks(weightedFailover()(rack.servers))).toBe('C');
});

test('fo follows its list until it is closed, and remembers nothing else', () => {
  const rack = new Rack({ A: 1 });
  const scheduler = weightedFailover()(rack.servers);
  expect([scheduler.name, scheduler.toJSON()]).toEqual(['fo', null]);
  rack.add('B', 2);
  expect(rack.picks(scheduler)).toBe('B');
  rack.remove('B');
  expect(rack.picks(scheduler)).toBe('A');
  scheduler.close?.();
  rack.add('C', 3);
  expect(rack.picks(scheduler)).toBe('A');
});
