import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { createFlow } from '../../src/model/flow.js';
import { localityBasedLeastConnectionWithReplication } from '../../src/schedulers/locality-based-least-connection-with-replication.js';
import { flows } from '../support/arbitraries/services.js';
import { Rack } from '../support/rack.js';

const DAY_MS = 86_400_000;
const lblcr = localityBasedLeastConnectionWithReplication;
const flow = createFlow({ source: '192.0.2.1', destination: '10.0.0.1' });

test('lblcr sends a destination to the same server while that is not loaded', () => {
  const property = fc.property(flows(), fc.array(flows()), (flow, others) => {
    const rack = new Rack({ A: 100, B: 100, C: 100 });
    const scheduler = lblcr({ clock: new ManualClock() })(rack.servers);
    const before = rack.opens(scheduler, 1, flow);
    for (const other of others) rack.opens(scheduler, 1, other);
    expect(rack.picks(scheduler, 1, flow)).toBe(before);
  });
  fc.assert(property);
});

test('lblcr adds a server to the set of a destination when its own is loaded', () => {
  const rack = new Rack({ A: 2, B: 2 });
  const scheduler = lblcr({ clock: new ManualClock() })(rack.servers);
  expect(rack.opens(scheduler, 3, flow)).toBe('BBB');
  expect(rack.opens(scheduler, 1, flow)).toBe('A');
  // Both are members now, and the less loaded one is picked.
  rack.server('B').close(true, 3);
  expect(rack.picks(scheduler, 1, flow)).toBe('B');
});

test('lblcr goes on to another server when its own is over its threshold', () => {
  const rack = new Rack({ A: 9, B: { weight: 9, upperThreshold: 1 } });
  const scheduler = lblcr({ clock: new ManualClock() })(rack.servers);
  expect(rack.opens(scheduler, 3, flow)).toBe('BAA');
});

test.each([
  [
    'drops the most loaded member of a set that has not changed for a day',
    DAY_MS + 1,
    ['10.0.0.1'],
  ],
  ['keeps a set for a day', DAY_MS, ['10.0.0.2', '10.0.0.1']],
])('lblcr %s', (_, ms, members) => {
  const rack = new Rack({ A: 2, B: 2 });
  const clock = new ManualClock();
  const scheduler = lblcr({ clock })(rack.servers);
  expect(rack.opens(scheduler, 4, flow)).toBe('BBBA');
  // Asked for in between, so that the destination is not forgotten.
  clock.advance(DAY_MS / 2);
  rack.picks(scheduler, 1, flow);
  clock.advance(ms - DAY_MS / 2);
  expect(rack.picks(scheduler, 1, flow)).toBe('A');
  const set = members.map((address) => ({ address, port: 80 }));
  expect(scheduler.toJSON()).toMatchObject({ entries: [{ set: { members: set } }] });
});

test('lblcr drops no member of a set whose members all have weight 0', () => {
  const rack = new Rack({ A: 2, B: 2 });
  const clock = new ManualClock();
  const scheduler = lblcr({ clock, expirationMs: 60_000 })(rack.servers);
  expect(rack.opens(scheduler, 4, flow)).toBe('BBBA');
  for (const letter of ['A', 'B']) rack.edit(letter, { weight: 0 });
  clock.advance(60_001);
  expect(rack.picks(scheduler, 1, flow)).toBe('-');
  expect(scheduler.toJSON()).toMatchObject({ entries: [{ set: { members: { length: 2 } } }] });
});

test('lblcr refuses an expiration below 0', () => {
  expect(() => lblcr({ expirationMs: Number.NaN })).toThrow(
    new RangeError('Invalid expiration: expected 0 ms or more, got NaN'),
  );
});
