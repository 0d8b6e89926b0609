/** Servers that fail clients are taken out for a time, for every client, and return gradually. */
import { describe, expect, it } from 'vitest';
import { SCHEDULERS } from '../../src/schedulers/create-scheduler.js';
import { sourceHashing } from '../../src/schedulers/source-hashing.js';
import type { SchedulerName } from '../../src/schedulers/scheduler.js';
import type { OutlierDetectionOptions } from '../../src/services/outlier-detection.js';
import type { VirtualService } from '../../src/services/virtual-service.js';
import type { VirtualServiceOptions } from '../../src/services/virtual-service-options.js';
import type { ManualTimers } from '../../src/timers.js';
import { client, makeService, server, tally } from './support.js';

const DEAD = '10.0.0.1:8080';
const rack = [server(1), server(2), server(3), server(4)];
const options: OutlierDetectionOptions = {
  failures: 3,
  windowSeconds: 10,
  ejectionSeconds: 30,
  recoverySeconds: 0,
};

function make(more: Partial<VirtualServiceOptions> = {}): {
  service: VirtualService;
  timers: ManualTimers;
} {
  return makeService({ servers: rack, outlierDetection: options, ...more });
}

/** Lets a server fail clients until it is out, or a number of times. */
function fail(service: VirtualService, name: string, times: number): void {
  const others = [...service.servers].filter((each) => String(each) !== name);
  for (let n = 0; n < times; n++) {
    service.connect(client(200, 50_000 + n), { except: others })?.retry(new Error('refused'));
  }
}

/** How many of 40 clients each server gets. */
function spread(service: VirtualService): Record<string, number> {
  const got: unknown[] = [];
  for (let n = 0; n < 40; n++) {
    const connection = service.connect(client(n, n));
    got.push(connection?.server);
    connection?.close();
  }
  return tally(got);
}

describe('a server', () => {
  it('that is out or removed is not taken out once more by clients that it had before', () => {
    const { service, timers } = make();
    const [target, ...others] = [...service.servers].toSorted((a) => (String(a) === DEAD ? -1 : 1));
    const seen: number[] = [];
    service.subscribe({ ejected: (_, forMs) => seen.push(forMs) });
    const had = Array.from({ length: 9 }, (_, port) =>
      service.connect(client(9, port), { except: others }),
    );
    for (const connection of had.slice(0, 6)) connection?.retry(new Error('refused'));
    expect(seen).toEqual([30_000]);
    timers.advance(30_000);
    expect(target.suspended).toBe(false);
    service.servers.remove(target);
    for (const connection of had.slice(6)) connection?.retry(new Error('refused'));
    expect(seen).toEqual([30_000]);
  });

  it('is out for every client after its third failure within the window, and not before', () => {
    const { service } = make();
    fail(service, DEAD, 2);
    expect(spread(service)[DEAD]).toBe(10);
    fail(service, DEAD, 1);
    expect(spread(service)[DEAD]).toBeUndefined();
    expect(service.servers.get(DEAD)).toMatchObject({ suspended: true, weight: 1 });
  });

  it('is not out when its failures are further apart', () => {
    const { service, timers } = make();
    for (let n = 0; n < 9; n++) {
      fail(service, DEAD, 1);
      timers.advance(5_001);
    }
    expect(spread(service)[DEAD]).toBe(10);
  });

  it('begins from nothing when it has answered', () => {
    const { service } = make();
    fail(service, DEAD, 2);
    const others = rack.slice(1);
    service.connect(client(1), { except: others })?.succeed();
    fail(service, DEAD, 2);
    expect(service.servers.get(DEAD)?.suspended).toBe(false);
  });

  it('returns after its time, which grows each time in a row, and shrinks again after a good time', () => {
    const { service, timers } = make();
    const times: number[] = [];
    service.subscribe({ ejected: (_, forMs) => times.push(forMs) });
    fail(service, DEAD, 3);
    timers.advance(29_999);
    expect(spread(service)[DEAD]).toBeUndefined();
    timers.advance(1);
    expect(spread(service)[DEAD]).toBe(10);
    fail(service, DEAD, 3);
    timers.advance(60_000);
    fail(service, DEAD, 3);
    timers.advance(300_000);
    fail(service, DEAD, 3);
    expect(times).toEqual([30_000, 60_000, 90_000, 30_000]);
  });

  it('returns gradually', () => {
    const { service, timers } = make({
      outlierDetection: { ...options, recoverySeconds: 100 },
    });
    fail(service, DEAD, 3);
    timers.advance(30_000);
    const shares = [0, 40, 60].map((seconds) => {
      timers.advance(seconds * 1000);
      return spread(service)[DEAD] ?? 0;
    });
    expect(shares[0]).toBe(0);
    expect(shares[1]).toBeGreaterThanOrEqual(3);
    expect(shares[1]).toBeLessThanOrEqual(4);
    expect(shares[2]).toBe(10);
  });

  it('that is removed meanwhile, and added again, is in', () => {
    const { service, timers } = make();
    fail(service, DEAD, 3);
    service.servers.remove(DEAD);
    service.servers.add(DEAD);
    expect(spread(service)[DEAD]).toBe(10);
    service.close();
    expect(timers.nextMs).toBeUndefined();
  });
});

describe('the greatest share', () => {
  it.each([
    [0.5, 2],
    [0.25, 1],
    [0.2, 0],
    [1, 3],
  ])('%d of four servers lets %d be out', (maxEjectedShare, most) => {
    const { service } = make({ outlierDetection: { ...options, maxEjectedShare } });
    for (const { address } of rack) fail(service, `${address}:8080`, 3);
    expect([...service.servers].filter(({ suspended }) => suspended)).toHaveLength(most);
  });

  it('counts the servers with weight only, so that one always serves', () => {
    const { service } = make({ outlierDetection: { ...options, maxEjectedShare: 1 } });
    for (const n of [2, 3, 4]) service.servers.edit(server(n), { weight: 0 });
    fail(service, DEAD, 5);
    expect(spread(service)).toEqual({ [DEAD]: 40 });
  });
});

describe('a service', () => {
  it('serves by a server that is out when no other one is left', () => {
    const { service } = make();
    fail(service, DEAD, 3);
    for (const n of [2, 3, 4]) service.servers.edit(server(n), { weight: 0 });
    expect(spread(service)).toEqual({ [DEAD]: 40 });
  });

  it('leaves persistent clients where they are while another server is out', () => {
    const { service } = make({ persistence: { timeoutSeconds: 300 } });
    const first = service.connect(client(1));
    expect(String(first?.server)).not.toBe(DEAD);
    fail(service, DEAD, 3);
    for (let port = 1; port < 5; port++) {
      expect(service.connect(client(1, port))?.server).toBe(first?.server);
    }
  });

  it('moves persistent clients from a server that is out, for good', () => {
    const { service, timers } = make({ persistence: { timeoutSeconds: 300 } });
    const only = service.connect(client(1, 1), { except: rack.slice(1) });
    fail(service, DEAD, 3);
    const moved = service.connect(client(1, 2));
    expect(moved?.server).not.toBe(only?.server);
    timers.advance(40_000);
    expect(service.connect(client(1, 3))?.server).toBe(moved?.server);
  });

  it.each(Object.keys(SCHEDULERS) as SchedulerName[])(
    'gives every client another server while one is out, by %s',
    (name) => {
      const { service } = make({ scheduler: SCHEDULERS[name]() });
      fail(service, DEAD, 3);
      expect(Object.values(spread(service)).reduce((sum, count) => sum + count)).toBe(40);
      expect(spread(service)).not.toHaveProperty(DEAD);
    },
  );

  it('leaves clients of servers that are not out where they are, by sh', () => {
    const { service } = make({ scheduler: sourceHashing() });
    const visit = (): string[] =>
      Array.from({ length: 200 }, (_, n) => String(service.connect(client(n))?.server));
    const before = visit();
    fail(service, DEAD, 3);
    for (const [n, name] of visit().entries()) {
      if (before[n] !== DEAD) expect(name).toBe(before[n]);
    }
  });

  it('notifies observers of failures, of servers that are out, and of those that return', () => {
    const { service, timers } = make();
    const seen: string[] = [];
    service.subscribe({
      failed: ({ server }, error) => seen.push(`${server} failed: ${String(error)}`),
      ejected: (server, forMs) => seen.push(`${server} out for ${forMs} ms`),
      returned: (server) => seen.push(`${server} back`),
    });
    fail(service, DEAD, 3);
    timers.advance(30_000);
    const failure = `${DEAD} failed: Error: refused`;
    expect(seen).toEqual([failure, failure, `${DEAD} out for 30000 ms`, failure, `${DEAD} back`]);
  });

  it.each([
    [{ failure: 3 }, '"failure"'],
    [{ failures: 0 }, 'got 0'],
    [{ maxEjectedShare: 1.5 }, 'got 1.5'],
    [{ maxEjectedShare: '1' }, 'got "1"'],
  ])('refuses %o', (outlierDetection, message) => {
    expect(() => make({ outlierDetection: outlierDetection as never })).toThrow(message);
  });
});
