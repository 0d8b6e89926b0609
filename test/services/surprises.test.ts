/** What users of other balancers were surprised by, held against this one. */
import { describe, expect, it } from 'vitest';
import { createFlow } from '../../src/model/flow.js';
import { ServerList } from '../../src/model/server-list.js';
import { SCHEDULERS } from '../../src/schedulers/create-scheduler.js';
import type { SchedulerName } from '../../src/schedulers/scheduler.js';
import { keyAddress } from '../../src/services/key-as-address.js';
import { client, makeService, server, tally } from './support.js';

const names = Object.keys(SCHEDULERS) as SchedulerName[];
const rack = [1, 2, 3, 4, 5].map(server);
/** What each of some clients gets, one after the other. */
function visits(servers: readonly object[], name: SchedulerName, clients = 400): string[] {
  const { service } = makeService({ scheduler: SCHEDULERS[name](), servers: servers as never });
  return Array.from({ length: clients }, (_, n) => {
    const connection = service.connect({ address: `10.${n & 7}.${n >> 3}.1`, port: 1 });
    connection?.close();
    return String(connection?.server);
  });
}

describe('asking changes nothing', () => {
  it.each(names)('with %s a client that was refused takes no turn', (name) => {
    const picks = [false, true].map((asks) => {
      const servers = [server(1), server(2)];
      const random = (): number => 0.3;
      const { service } = makeService({ scheduler: SCHEDULERS[name]({ random }), servers });
      return Array.from({ length: 12 }, (_, n) => {
        if (asks) service.connect(client(n), { except: servers });
        return String(service.connect(client(n, n))?.server);
      });
    });
    expect(picks[1]).toEqual(picks[0]);
  });
});

it('equal servers get equal parts of connections that overlap', () => {
  for (const name of ['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq'] as const) {
    const { service } = makeService({ scheduler: SCHEDULERS[name](), servers: rack });
    const got = Array.from({ length: 50 }, (_, n) => service.connect(client(n))?.server);
    expect(Object.values(tally(got))).toEqual([10, 10, 10, 10, 10]);
  }
});

it('a server that is out gets nothing at all, by any scheduler', () => {
  for (const name of names) {
    const { service } = makeService({ scheduler: SCHEDULERS[name](), servers: rack });
    service.servers.get(rack[0] ?? '')?.suspend();
    const got = Array.from({ length: 50 }, (_, n) => service.connect(client(n))?.server);
    expect(tally(got)).not.toHaveProperty('10.0.0.1:8080');
  }
});

describe('a hashing scheduler', () => {
  it('depends on nothing but the servers and the client: two lists agree on every client', () => {
    for (const name of ['sh', 'mh'] as const)
      expect(visits(rack, name)).toEqual(visits(rack, name));
  });

  it('mh moves no client between servers that stay when one leaves, but for a few', () => {
    const before = visits(rack, 'mh');
    const after = visits(rack.slice(0, 4), 'mh');
    const moved = before.filter((name, n) => name !== '10.0.0.5:8080' && name !== after[n]);
    expect(moved.length / before.length).toBeLessThan(0.1);
  });

  it('mh agrees on nearly every client when the servers were added in another order', () => {
    const [there, back] = [visits(rack, 'mh'), visits(rack.toReversed(), 'mh')];
    const same = there.filter((name, n) => name === back[n]);
    expect(same.length / there.length).toBeGreaterThan(0.8);
  });
});

it('adding a server resets no weight and no counter of the others', () => {
  const servers = new ServerList(rack.map((each) => ({ ...each, weight: 3 })));
  servers.first?.open();
  const before = [...servers].map((each) => JSON.stringify(each));
  servers.add(server(9));
  expect([...servers].slice(1).map((each) => JSON.stringify(each))).toEqual(before);
});

it('every connection in one tick of the clock counts', () => {
  const { service } = makeService({ scheduler: SCHEDULERS.lc(), servers: rack });
  for (let n = 0; n < 25; n++) service.connect(client(n));
  expect([...service.servers].map(({ total }) => total)).toEqual([5, 5, 5, 5, 5]);
});

it('every timer over the whole range fires', () => {
  const { service, timers } = makeService({ connectionLimit: 2000 });
  for (const seconds of [1, 30, 31, 59, 60, 61, 3600, 86_400, 2_764_800]) {
    const own = makeService({ idleTimeoutSeconds: seconds });
    for (let n = 0; n < 100; n++) own.service.connect(client(n));
    own.timers.advance(seconds * 1000 + 2000);
    expect(own.service.size).toBe(0);
  }
  expect([service.size, timers.nextMs]).toEqual([0, undefined]);
});

it('unknown option names are refused, in whatever spelling', () => {
  const flow = { source: '198.51.100.1', destination: '192.0.2.1' };
  expect(() => makeService({ idle_timeout_seconds: 1 } as never)).toThrow('"idle_timeout_seconds"');
  expect(createFlow(flow).sourcePort).toBe(0);
});

it.each([
  ['session-1', 'ff3b:3e18:5bfd:5336:f03e:ae48:3918:bbe0'],
  ['\u00e9', 'ff50:54ca:a293:a830:bd95:c667:1703:3468'],
  ['e\u0301', 'ff53:a3f2:75c5:7aa8:5346:b2f1:da76:1b73'],
  ['\u{1f600}', 'ffe4:e08d:3ff:7106:4d28:8063:bb43:c149'],
  ['\0a', 'ffe6:3732:b663:5ee0:ec15:2b66:22a0:f214'],
])('the key %j is hashed by its UTF-16 code units, in every version alike', (key, address) => {
  expect(String(keyAddress(key))).toBe(address);
});
