/** Servers that are passed over stay so when a service is written out and read back. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { roundRobin } from '../../src/schedulers/round-robin.js';
import type { OutlierState, RampState } from '../../src/services/passing-over-state.js';
import { VirtualService } from '../../src/services/virtual-service.js';
import type { VirtualServiceState } from '../../src/services/virtual-service-options.js';
import { ManualTimers } from '../../src/timers.js';
import { client, makeService, server, tally } from './support.js';

const DEAD = '10.0.0.1:8080';
const rack = [server(1), server(2), server(3)];
const outlierDetection = {
  failures: 2,
  windowSeconds: 10,
  ejectionSeconds: 30,
  recoverySeconds: 0,
};
/** How far the clock of the second process is ahead. */
const AHEAD_MS = 1e9;

function fail(service: VirtualService, times: number): void {
  for (let n = 0; n < times; n++) {
    service.connect(client(200, n), { except: rack.slice(1) })?.retry(new Error('refused'));
  }
}

/** Writes a service as text and reads it back by another clock. */
function copy(
  service: VirtualService,
  change: (state: VirtualServiceState) => unknown = (state) => state,
  options: object = { outlierDetection },
): { service: VirtualService; timers: ManualTimers } {
  const clock = new ManualClock();
  clock.advance(AHEAD_MS);
  const timers = new ManualTimers(clock);
  const state = change(JSON.parse(JSON.stringify(service)) as VirtualServiceState);
  const scheduler = roundRobin();
  return {
    service: VirtualService.fromJSON(state as VirtualServiceState, {
      scheduler,
      timers,
      ...options,
    }),
    timers,
  };
}

const isOut = (service: VirtualService): boolean | undefined =>
  service.servers.get(DEAD)?.suspended;

describe('a service that is read back', () => {
  it('passes over what was out, for the time that was left', () => {
    const { service, timers } = makeService({ servers: rack, outlierDetection });
    fail(service, 2);
    timers.advance(10_000);
    const read = copy(service);
    expect(isOut(read.service)).toBe(true);
    read.timers.advance(19_999);
    expect(isOut(read.service)).toBe(true);
    read.timers.advance(1);
    expect(isOut(read.service)).toBe(false);
  });

  it('remembers failures, and how often a server was out in a row', () => {
    const { service, timers } = makeService({ servers: rack, outlierDetection });
    fail(service, 2);
    timers.advance(30_000);
    fail(service, 1);
    const read = copy(service);
    const times: number[] = [];
    read.service.subscribe({ ejected: (_, forMs) => times.push(forMs) });
    read.timers.advance(5_000);
    fail(read.service, 1);
    expect(times).toEqual([60_000]);
  });

  it('may take a server out after fewer failures than before', () => {
    const { service } = makeService({
      servers: rack,
      outlierDetection: { ...outlierDetection, failures: 5 },
    });
    fail(service, 1);
    expect(service.toJSON().outliers).toMatchObject([{ server: DEAD, failuresMs: [0] }]);
    fail(service, 3);
    const read = copy(service);
    expect(isOut(read.service)).toBe(false);
    fail(read.service, 1);
    expect(isOut(read.service)).toBe(true);
  });

  it('goes on with a slow start where it was', () => {
    const { service, timers } = makeService({ servers: rack, slowStartSeconds: 100 });
    service.servers.add(server(4));
    timers.advance(50_000);
    const read = copy(service, undefined, { slowStartSeconds: 100 });
    const share = (): number => {
      const got = Array.from({ length: 400 }, (_, n) => {
        const connection = read.service.connect(client(n % 250, n));
        connection?.close();
        return connection?.server;
      });
      return (tally(got)['10.0.0.4:8080'] ?? 0) / 400;
    };
    expect(share()).toBeCloseTo(1 / 8, 1);
    read.timers.advance(50_000);
    expect(share()).toBeCloseTo(1 / 4, 1);
  });

  it('takes a state of an earlier version, which has nothing of it', () => {
    const { service } = makeService({ servers: rack, outlierDetection });
    fail(service, 2);
    const read = copy(service, (state) => {
      const { outliers, ramps, ...rest } = state;
      return outliers === undefined || ramps === undefined ? undefined : rest;
    });
    expect(isOut(read.service)).toBe(false);
  });

  it.each(['ramps', 'outliers'])('refuses %s that are none, or of an unknown server', (name) => {
    const { service } = makeService({ servers: rack, outlierDetection, slowStartSeconds: 9 });
    for (const value of [7, [{ server: '10.9.9.9:80' }]]) {
      expect(() => copy(service, (state) => ({ ...state, [name]: value }))).toThrow(
        `Invalid ${name}: expected`,
      );
    }
  });

  it('without outlier detection passes over nothing', () => {
    const { service } = makeService({ servers: rack, outlierDetection });
    fail(service, 2);
    expect(isOut(copy(service, undefined, {}).service)).toBe(false);
  });

  it('writes the same state again', () => {
    const { service } = makeService({ servers: rack, outlierDetection, slowStartSeconds: 9 });
    fail(service, 2);
    service.servers.add(server(4));
    const read = copy(service, undefined, { outlierDetection, slowStartSeconds: 9 });
    const back = (state: VirtualServiceState): unknown => [
      state.outliers?.map(({ returnsMs, ...rest }) => [
        rest.ejections,
        (returnsMs ?? 0) - state.now,
      ]),
      state.ramps?.map(({ startMs, ...rest }) => [rest, startMs - state.now]),
    ];
    expect(back(read.service.toJSON())).toEqual(back(service.toJSON()));
  });
});

const outlier: OutlierState = {
  server: DEAD,
  failuresMs: [1],
  ejections: 1,
  watchedUntilMs: 2,
  returnsMs: 3,
};
const ramp: RampState = { server: DEAD, startMs: 0, durationMs: 10, credit: 0.5 };

it.each([
  ['outliers that are no list', { outliers: 3 }, TypeError],
  [
    'an outlier that is no server of the list',
    { outliers: [{ ...outlier, server: '10.0.0.9:1' }] },
  ],
  ['the same outlier twice', { outliers: [outlier, outlier] }],
  ['failures that are no list', { outliers: [{ ...outlier, failuresMs: 1 }] }, TypeError],
  ['a failure at no time', { outliers: [{ ...outlier, failuresMs: ['now'] }] }, TypeError],
  ['ejections below 0', { outliers: [{ ...outlier, ejections: -1 }] }],
  ['a return at no time', { outliers: [{ ...outlier, returnsMs: Infinity }] }],
  ['no end of watching', { outliers: [{ ...outlier, watchedUntilMs: undefined }] }, TypeError],
  ['ramps that are no list', { ramps: {} }, TypeError],
  ['a ramp of no length', { ramps: [{ ...ramp, durationMs: 0 }] }],
  ['a credit above 2', { ramps: [{ ...ramp, credit: 2.5 }] }],
  ['a ramp without beginning', { ramps: [{ ...ramp, startMs: null }] }, TypeError],
] as const)('a damaged state is refused: %s', (_, damage, kind = RangeError) => {
  const { service } = makeService({ servers: rack });
  expect(() => copy(service, (state) => ({ ...state, ...damage }))).toThrow(kind);
});
