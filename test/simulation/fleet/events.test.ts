import { describe, expect, it } from 'vitest';
import { IpvsError } from '../../../src/errors.js';
import {
  describeFleetEvent,
  type FleetOptions,
  parseFleetEvent,
  simulateFleet,
} from '../../../src/simulation/index.js';
import { directorsWith, lastEffect, loadOf, rulesOf, runFleet, serviceOf } from './support.js';

const RULES = rulesOf('rr', 3);
const LOAD = loadOf(60, 20);

describe('an event', () => {
  it.each([
    'fail-director 2',
    'restore-director 2',
    'add-director',
    'fail-server 10.0.0.1',
    'drain [2001:db8::1]:80',
    'restore-server 10.0.0.1:80',
    'add-server 10.0.0.9',
    'add-server 10.0.0.9:8080 5',
    'sync-loss 2.5',
  ])('is read and written alike: %s', (text) => {
    expect(describeFleetEvent(parseFleetEvent(1, text))).toBe(text);
  });

  it.each([
    ['explode', /Invalid event: expected fail-director, .*, got "explode"/],
    ['', /Invalid event/],
    ['fail-director', /expected 'fail-director N', got "fail-director"/],
    ['fail-director 1 2', /expected 'fail-director N'/],
    ['add-director 3', /expected 'add-director', got/],
    ['fail-director two', /Invalid director: expected an integer 1–256/],
    ['fail-director 0', /Invalid director: expected an integer 1–256, got 0/],
    ['add-server 10.0.0.1 -4', /Invalid weight/],
    ['sync-loss 0', /Invalid seconds of sync loss/],
  ])('that makes no sense is refused by name: %s', (text, message) => {
    expect(() => parseFleetEvent(1, text)).toThrow(RangeError);
    expect(() => parseFleetEvent(1, text)).toThrow(message);
  });

  it.each([
    [['5 fail-director 5'], RangeError, /fail-director 5: expected a director 1–4, got 5/],
    [['5 fail-director 1', '4 restore-director 1'], RangeError, /expected a time 5–20 s, got 4/],
    [['21 add-director'], RangeError, /add-director: expected a time 0–20 s, got 21/],
    [['5 add-server host.example'], RangeError, /expected ADDRESS or ADDRESS:PORT/],
  ])('out of range is refused before the load begins: %s', (events, kind, message) => {
    const progress: number[] = [];
    const run = (): unknown => runFleet(RULES, LOAD, events, {});
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
    expect(progress).toEqual([]);
  });

  it.each([
    [['5 fail-director 1', '6 fail-director 1'], 'ERR_FLEET_EVENT', /it has failed already/],
    [['5 restore-director 1'], 'ERR_FLEET_EVENT', /it runs/],
    [['5 restore-server 10.1.0.1'], 'ERR_FLEET_EVENT', /it is running/],
    [['5 drain 10.1.0.1', '6 drain 10.1.0.1'], 'ERR_FLEET_EVENT', /it is drained/],
    [
      ['5 fail-server 10.1.0.1', '6 add-server 10.1.0.1'],
      'ERR_FLEET_EVENT',
      /it has failed, restore-server brings it back/,
    ],
    [['5 drain 10.9.9.9'], 'ERR_SERVER_NOT_FOUND', /expected one of 10.1.0.1:80, /],
    [['5 add-server 10.1.0.1'], 'ERR_SERVER_EXISTS', /10.1.0.1:80/],
    [['5 add-server 2001:db8::1'], 'ERR_SERVER_ADDRESS', /no service of its family/],
  ])('that clashes with the state of the fleet has a code: %s', (events, code, message) => {
    const run = (): unknown => runFleet(RULES, LOAD, events);
    expect(run).toThrow(IpvsError);
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('on a director that was added is possible', () => {
    const events = ['5 add-director', '6 fail-director 5', '7 restore-director 5'];
    expect(serviceOf(runFleet(RULES, LOAD, events)).effects).toHaveLength(3);
  });
});

describe('options of a fleet', () => {
  const options: FleetOptions = { director: directorsWith(RULES), directors: 2, workloads: [LOAD] };

  it.each([
    [{ directors: 0 }, RangeError, /Invalid directors: expected an integer 1–256/],
    [{ workloads: [] }, RangeError, /a load for each service, got 0 for 1/],
    [{ router: { table: 'random' } }, RangeError, /Invalid table: expected modulo/],
    [{ router: { hash: 'port' } }, RangeError, /Invalid hash: expected 5-tuple/],
    [{ router: { bucket: 3 } }, TypeError, /bucket/],
    [{ packetSeconds: 0 }, RangeError, /seconds between packets/],
    [{ director2: 3 }, TypeError, /director2/],
  ])('are checked: %j', (wrong, kind, message) => {
    const run = (): unknown => simulateFleet({ ...options, ...wrong } as FleetOptions);
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });
});

describe('what an event does', () => {
  it('is the same for the same options, whatever it is', () => {
    const events = [
      '5 fail-director 1',
      '8 add-server 10.1.0.9 3',
      '9 sync-loss 3',
      '15 add-director',
    ];
    const run = (): unknown => runFleet(rulesOf('wlc', 3), LOAD, events, { sync: true });
    expect(run()).toEqual(run());
  });

  it('leaves every connection somewhere: those in use are spread over directors that run', () => {
    const events = ['5 fail-director 1', '8 fail-director 3', '11 restore-director 1'];
    const { samples } = runFleet(RULES, LOAD, events);
    const at = (seconds: number): readonly number[] => samples[seconds]?.open ?? [];
    expect(at(10)[0]).toBe(0);
    expect(at(10)[2]).toBe(0);
    expect(at(20)[2]).toBe(0);
    expect(at(20)[0]).toBeGreaterThan(0);
  });

  it('is nothing but refusals when no director runs', () => {
    const events = [1, 2, 3, 4].map((director) => `10 fail-director ${director}`);
    const result = runFleet(RULES, LOAD, events);
    const { broken, refused, open } = lastEffect(result);
    expect(broken).toBe(open);
    expect(refused).toBeGreaterThan(broken);
    expect(result.samples.at(-1)?.open).toEqual([0, 0, 0, 0]);
  });

  it('changes the weight for new connections, and restores it', () => {
    const events = ['4 drain 10.1.0.1', '12 restore-server 10.1.0.1', '13 fail-server 10.1.0.2'];
    const { effects } = serviceOf(runFleet(RULES, LOAD, [...events, '16 restore-server 10.1.0.2']));
    const weights = effects.map(({ loadAfter }) => loadAfter.servers.map(({ weight }) => weight));
    expect(weights).toEqual([
      [0, 1, 1],
      [1, 1, 1],
      [1, 0, 1],
      [1, 1, 1],
    ]);
    expect(effects[2]?.loadAfter.servers[1]?.inUse).toBe(0);
  });

  it('reaches directors that come later, too', () => {
    const events = ['3 add-server 10.1.0.9 7', '4 fail-director 1', '5 restore-director 1'];
    const { loadAfter } = lastEffect(runFleet(RULES, LOAD, [...events, '18 add-director']));
    expect(loadAfter.servers.at(-1)).toMatchObject({ server: '10.1.0.9:80', weight: 7 });
    expect(loadAfter.servers.reduce((sum, { inUse }) => sum + inUse, 0)).toBeGreaterThan(0);
  });
});
