import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { createFlow, type Flow } from '../../src/model/flow.js';
import { localityBasedLeastConnection } from '../../src/schedulers/locality-based-least-connection.js';
import { flows } from '../support/arbitraries/services.js';
import { Rack } from '../support/rack.js';

const HOUR_MS = 3_600_000;
const lblc = localityBasedLeastConnection;

function flowTo(destination: string): Flow {
  return createFlow({ source: '192.0.2.1', destination });
}

test('lblc sends a destination to the same server again, wherever others go', () => {
  const property = fc.property(flows(), fc.array(flows()), (flow, others) => {
    const rack = new Rack({ A: 100, B: 100, C: 100 });
    const scheduler = lblc({ clock: new ManualClock() })(rack.servers);
    const before = rack.opens(scheduler, 1, flow);
    for (const other of others) rack.opens(scheduler, 1, other);
    expect(rack.picks(scheduler, 1, flow)).toBe(before);
  });
  fc.assert(property);
});

test('lblc spreads new destinations by weighted least connection', () => {
  const rack = new Rack({ A: 1, B: 1, C: 1 });
  const scheduler = lblc({ clock: new ManualClock() })(rack.servers);
  const picked = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((to) =>
    rack.opens(scheduler, 1, flowTo(to)),
  );
  expect(picked.join('')).toBe('CBA');
});

test('lblc moves a destination when its server is loaded and another is below half load', () => {
  const rack = new Rack({ A: 4, B: 4 });
  const scheduler = lblc({ clock: new ManualClock() })(rack.servers);
  const flow = flowTo('10.0.0.1');
  rack.server('A').open(true, 2);
  expect(rack.opens(scheduler, 5, flow)).toBe('BBBBB');
  expect(rack.picks(scheduler, 1, flow)).toBe('B');
  rack.server('A').close();
  expect(rack.picks(scheduler, 1, flow)).toBe('A');
});

test('lblc keeps to a server that is over its threshold', () => {
  const rack = new Rack({ A: 9, B: { weight: 9, upperThreshold: 1 } });
  const scheduler = lblc({ clock: new ManualClock() })(rack.servers);
  expect(rack.opens(scheduler, 3, flowTo('10.0.0.1'))).toBe('BBB');
  expect(rack.opens(scheduler, 1, flowTo('10.0.0.2'))).toBe('A');
});

test('lblc finds a removed server again when it comes back in time', () => {
  const rack = new Rack({ A: 9, B: 9 });
  const scheduler = lblc({ clock: new ManualClock() })(rack.servers);
  const flow = flowTo('10.0.0.1');
  expect(rack.opens(scheduler, 1, flow)).toBe('B');
  rack.remove('B');
  rack.add('B', 9);
  rack.server('B').open(true, 5);
  expect(rack.picks(scheduler, 1, flow)).toBe('B');
  rack.remove('B');
  expect(rack.picks(scheduler, 1, flow)).toBe('A');
  rack.add('B', 9);
  rack.server('A').open(true, 8);
  expect(rack.picks(scheduler, 1, flow)).toBe('A');
});

test.each([
  ['forgets a destination at the first full check after a day', 24, 'A'],
  ['remembers a destination for a day', 23.5, 'B'],
])('lblc %s', (_, hours, expected) => {
  const rack = new Rack({ A: 9, B: 9 });
  const clock = new ManualClock();
  const scheduler = lblc({ clock })(rack.servers);
  rack.opens(scheduler, 1, flowTo('10.0.0.1'));
  clock.advance(hours * HOUR_MS);
  expect(rack.picks(scheduler, 1, flowTo('10.0.0.1'))).toBe(expected);
});

test('lblc asks for the expiration at each full check', () => {
  const rack = new Rack({ A: 9, B: 9 });
  const clock = new ManualClock();
  let expirationMs = 24 * HOUR_MS;
  const scheduler = lblc({ clock, expirationMs: () => expirationMs })(rack.servers);
  expect(rack.opens(scheduler, 1, flowTo('10.0.0.1'))).toBe('B');
  clock.advance(HOUR_MS);
  expect(rack.picks(scheduler, 1, flowTo('10.0.0.2'))).toBe('A');
  expirationMs = HOUR_MS;
  expect(rack.picks(scheduler, 1, flowTo('10.0.0.1'))).toBe('B');
  clock.advance(2 * HOUR_MS);
  expect(rack.picks(scheduler, 1, flowTo('10.0.0.1'))).toBe('A');
});

test('lblc refuses an expiration below 0', () => {
  expect(() => lblc({ expirationMs: -1 })).toThrow(
    new RangeError('Invalid expiration: expected 0 ms or more, got -1'),
  );
});
