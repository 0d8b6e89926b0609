import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { neverQueue } from '../../src/schedulers/never-queue.js';
import { shortestExpectedDelay } from '../../src/schedulers/shortest-expected-delay.js';
import { Rack } from '../support/rack.js';

const loads = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(3)), {
  minLength: 1,
  maxLength: 8,
});

function rackOf(all: readonly (readonly [number, number])[]): Rack {
  const rack = new Rack();
  for (const [index, [weight, active]] of all.entries()) {
    rack.add(String.fromCharCode(65 + index), weight).open(true, active);
  }
  return rack;
}

test('nq never queues while somebody is idle: the newest idle server gets the connection', () => {
  const property = fc.property(loads, (all) => {
    const rack = rackOf(all);
    const idle = [...rack.servers].find(({ active }) => active === 0);
    fc.pre(idle !== undefined);
    expect(neverQueue()(rack.servers).schedule(undefined as never)).toBe(idle);
  });
  fc.assert(property);
});

test('nq decides as sed does when nobody is idle', () => {
  const property = fc.property(loads, (all) => {
    const rack = rackOf(all.map(([weight, active]) => [weight, active + 1]));
    const expected = rack.picks(shortestExpectedDelay()(rack.servers));
    expect(rack.picks(neverQueue()(rack.servers))).toBe(expected);
  });
  fc.assert(property);
});

test('nq takes a server with only inactive connections for idle', () => {
  const rack = new Rack({ A: 9, B: 1 });
  rack.server('B').open(false, 1000);
  expect(rack.picks(neverQueue()(rack.servers))).toBe('B');
});
