/** A server that is new, or has weight again, gets its share little by little, whatever the scheduler. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/random.js';
import { SCHEDULERS } from '../../src/schedulers/create-scheduler.js';
import type { SchedulerName } from '../../src/schedulers/scheduler.js';
import type { VirtualService } from '../../src/services/virtual-service.js';
import { client, makeService, server, tally } from './support.js';

const NEW = '10.0.0.4:8080';
/** Two of the four hundred connections. */
const ROUNDING = 0.005;
const three = [server(1), server(2), server(3)];
const names = Object.keys(SCHEDULERS) as SchedulerName[];

/** The share of new connections that a server gets, over 400 clients that come one after the other. */
function shareOf(service: VirtualService, name: string): number {
  let got = 0;
  for (let n = 0; n < 400; n++) {
    const connection = service.connect(client(n % 250, n));
    if (String(connection?.server) === name) got++;
    expect(connection).toBeDefined();
    connection?.close();
  }
  return got / 400;
}

describe.each(names.filter((name) => name !== 'dh'))('slow start with %s', (name) => {
  it('gives a new server at most the part of its share that the ramp has reached', () => {
    const scheduler = SCHEDULERS[name]({ random: seededRandom(1) });
    const { service, timers } = makeService({
      scheduler,
      servers: three,
      slowStartSeconds: 100,
    });
    service.servers.add(server(4));
    expect(shareOf(service, NEW)).toBe(0);
    timers.advance(10_000);
    expect(shareOf(service, NEW)).toBeLessThanOrEqual(0.025);
    timers.advance(40_000);
    expect(shareOf(service, NEW)).toBeLessThanOrEqual(0.125 + ROUNDING);
    timers.advance(50_000);
    expect(service.servers.get(NEW)?.suspended).toBe(false);
  });
});

describe('slow start', () => {
  it('gives a new server with rr just its part of the ramp, and its full share after it', () => {
    const { service, timers } = makeService({ servers: three, slowStartSeconds: 100 });
    service.servers.add(server(4));
    const shares = [0, 20, 30, 50].map((seconds) => {
      timers.advance(seconds * 1000);
      return shareOf(service, NEW);
    });
    for (const [step, share] of [0, 0.05, 0.125, 0.25].entries()) {
      expect(Math.abs((shares[step] ?? 0) - share)).toBeLessThanOrEqual(ROUNDING);
    }
  });

  it('leaves persistent clients where they are', () => {
    const options = { servers: three, slowStartSeconds: 100, persistence: {} };
    const { service } = makeService(options);
    const first = service.connect(client(1));
    service.servers.add(server(4));
    for (let port = 1; port < 5; port++) {
      expect(service.connect(client(1, port))?.server).toBe(first?.server);
    }
  });

  it('is for servers that have weight again, too, and not for the first ones', () => {
    const { service, timers } = makeService({ servers: three, slowStartSeconds: 100 });
    const [one] = three;
    expect(shareOf(service, '10.0.0.1:8080')).toBeGreaterThan(0.3);
    service.servers.edit(server(1), { weight: 0 });
    service.servers.edit(one ?? server(1), { weight: 1 });
    expect(shareOf(service, '10.0.0.1:8080')).toBe(0);
    timers.advance(100_000);
    expect(shareOf(service, '10.0.0.1:8080')).toBeGreaterThan(0.3);
  });

  it('leaves the configured weight as it is, and the others their turn', () => {
    const { service } = makeService({ servers: three, slowStartSeconds: 100 });
    const first = service.connect(client(1))?.server;
    service.servers.add({ ...server(4), weight: 7 });
    expect(service.servers.get(NEW)).toMatchObject({ weight: 7, suspended: true });
    expect(service.toJSON().service.servers.servers.at(-1)?.weight).toBe(7);
    expect([first, service.connect(client(2))?.server].map(String)).toEqual([
      '10.0.0.3:8080',
      '10.0.0.2:8080',
    ]);
  });

  it('refuses no client when only servers in their ramp are left', () => {
    const { service } = makeService({ servers: [], slowStartSeconds: 100 });
    service.servers.add(server(1));
    service.servers.add(server(2));
    expect(shareOf(service, '10.0.0.1:8080')).toBeGreaterThan(0);
  });

  it('ends with its server', () => {
    const { service, timers } = makeService({ servers: three, slowStartSeconds: 100 });
    const added = service.servers.add(server(4));
    service.servers.remove(server(4));
    expect([added.suspended, timers.nextMs]).toEqual([false, undefined]);
    service.servers.add(server(4));
    service.close();
    expect(timers.nextMs).toBeUndefined();
  });
});

it('without slow start a new server gets its share at once', () => {
  const { service } = makeService({ servers: three });
  service.servers.add(server(4));
  expect(tally(Array.from({ length: 8 }, (_, n) => service.connect(client(n))?.server))).toEqual({
    '10.0.0.1:8080': 2,
    '10.0.0.2:8080': 2,
    '10.0.0.3:8080': 2,
    [NEW]: 2,
  });
});
