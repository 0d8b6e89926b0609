/** What lblc and lblcr remember, written out and read back. */
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { IpAddress } from '../../src/ip-address.js';
import { createFlow } from '../../src/model/flow.js';
import type { KernelRelease } from '../../src/model/kernel-profile.js';
import { ServerList } from '../../src/model/server-list.js';
import {
  localityBasedLeastConnection,
  localityBasedLeastConnectionWithReplication,
} from '../../src/schedulers/index.js';
import { Rack } from '../support/rack.js';

const MINUTE_MS = 60_000;
const flow = createFlow({ source: '192.0.2.1', destination: '198.51.100.1' });

const makers: readonly [string, typeof localityBasedLeastConnection][] = [
  ['lblc', localityBasedLeastConnection],
  ['lblcr', localityBasedLeastConnectionWithReplication],
];

describe.each(makers)('%s', (name, make) => {
  test.each([
    [null, TypeError, `Cannot restore ${name}: expected its saved state, got null`],
    [{ format: 2 }, RangeError, `Cannot restore ${name}: expected a state of format 1, got 2`],
    [
      { format: 1, check: {} },
      TypeError,
      `Invalid state of ${name}: expected an object with entries, got an object`,
    ],
    [
      { format: 1, entries: [] },
      TypeError,
      `Invalid state of ${name}: expected an object with entries, got an object`,
    ],
  ])('refuses the state %o', (state, kind, message) => {
    const scheduler = make()(new Rack({ A: 1 }).servers);
    expect(() => scheduler.restore(state)).toThrow(new kind(message));
  });

  test('forgets at each full check with an expiration of 0, which is allowed', () => {
    const rack = new Rack({ A: 9, B: 9 });
    const clock = new ManualClock();
    const scheduler = make({ clock, expirationMs: 0 })(rack.servers);
    rack.opens(scheduler, 1, flow);
    clock.advance(30 * MINUTE_MS);
    expect(rack.picks(scheduler, 1, flow)).toBe('A');
  });

  test('forgets what it knew before', () => {
    const rack = new Rack({ A: 9, B: 9 });
    const scheduler = make({ clock: new ManualClock() })(rack.servers);
    const nothing = scheduler.toJSON();
    rack.opens(scheduler, 1, flow);
    scheduler.restore(nothing);
    expect(rack.picks(scheduler, 1, flow)).toBe('A');
  });

  test('passes over servers that are no longer known', () => {
    const rack = new Rack({ A: 9, B: 9 });
    const clock = new ManualClock();
    const scheduler = make({ clock })(rack.servers);
    rack.picks(scheduler, 1, flow);
    const fewer = new Rack({ A: 9 });
    const restored = make({ clock })(fewer.servers);
    restored.restore(scheduler.toJSON());
    expect(fewer.picks(restored, 1, flow)).toBe('A');
  });

  test.each([
    [29, 'B'],
    [30, 'A'],
  ])('forgets a destination %d minutes on as if its clock had gone on', (minutes, expected) => {
    const rack = new Rack({ A: 9, B: 9 });
    const expirationMs = 30 * MINUTE_MS;
    const clock = new ManualClock(1_000_000_000);
    const scheduler = make({ clock, expirationMs })(rack.servers);
    rack.opens(scheduler, 1, flow);
    const state: unknown = JSON.parse(JSON.stringify(scheduler));
    const later = new ManualClock(5000);
    const restored = make({ clock: later, expirationMs })(rack.servers);
    restored.restore(state);
    later.advance(minutes * MINUTE_MS);
    expect(rack.picks(restored, 1, flow)).toBe(expected);
  });
});

describe.each<[KernelRelease, KernelRelease | undefined, boolean]>([
  ['6.1.176', undefined, true],
  ['6.1.192', undefined, false],
  ['6.1.192', '6.1.176', true],
  ['6.1.176', '6.1.192', false],
])('on a list of %s with the option %s', (ofList, own, isOld) => {
  const options = { clock: new ManualClock(), ...(own !== undefined && { kernel: own }) };

  test(`lblc counts a destination ${isOld ? 'once more' : 'once'} when it moves`, () => {
    const servers = new ServerList(['10.0.0.1:80', '10.0.0.2:80'], { kernel: ofList });
    const scheduler = localityBasedLeastConnection(options)(servers);
    const first = scheduler.schedule(flow);
    servers.edit(String(first), { weight: 0 });
    expect(scheduler.schedule(flow)).not.toBe(first);
    const { check } = scheduler.toJSON() as { check: object };
    expect('drift' in check).toBe(isOld);
  });

  test(`lblcr remembers ${isOld ? 'any number' : 'no more than 24576'} of destinations`, () => {
    const servers = new ServerList(['10.0.0.1:80'], { kernel: ofList });
    const scheduler = localityBasedLeastConnectionWithReplication(options)(servers);
    for (let host = 0; host <= 24_576; host++) {
      scheduler.schedule({ ...flow, destination: IpAddress.fromIpv4(0x0a000000 + host) });
    }
    const { entries } = scheduler.toJSON() as { entries: unknown[] };
    expect(entries).toHaveLength(isOld ? 24_577 : 24_576);
  });
});

test('lblcr drops the most loaded member as long after a change as if its clock had gone on', () => {
  const rack = new Rack({ A: 2, B: 2 });
  const expirationMs = 10 * MINUTE_MS;
  const make = localityBasedLeastConnectionWithReplication;
  const clock = new ManualClock(1_000_000_000);
  const scheduler = make({ clock, expirationMs })(rack.servers);
  expect(rack.opens(scheduler, 4, flow)).toBe('BBBA');
  const later = new ManualClock(5000);
  const restored = make({ clock: later, expirationMs })(rack.servers);
  restored.restore(scheduler.toJSON());
  const sizes = [10 * MINUTE_MS, 1].map((ms) => {
    later.advance(ms);
    rack.picks(restored, 1, flow);
    return (restored.toJSON() as { entries: { set: { members: [] } }[] }).entries[0].set.members
      .length;
  });
  expect(sizes).toEqual([2, 1]);
});
