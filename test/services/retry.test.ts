/** Another server for a client whose own has failed, by the same scheduler. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/random.js';
import { SCHEDULERS } from '../../src/schedulers/create-scheduler.js';
import { leastConnection } from '../../src/schedulers/least-connection.js';
import { localityBasedLeastConnection } from '../../src/schedulers/locality-based-least-connection.js';
import { roundRobin } from '../../src/schedulers/round-robin.js';
import type { SchedulerFactory, SchedulerName } from '../../src/schedulers/scheduler.js';
import { weightedRoundRobin } from '../../src/schedulers/weighted-round-robin.js';
import type { ServiceConnection } from '../../src/services/service-connection.js';
import type { VirtualService } from '../../src/services/virtual-service.js';
import { client, makeService, server, tally } from './support.js';

const names = Object.keys(SCHEDULERS) as SchedulerName[];
const flagSets = [{}, { fallback: true }, { port: true }];
/** Each scheduler, those with flags with several sets of them. */
const variants = names.flatMap((name) =>
  (name === 'sh' || name === 'mh' ? flagSets : [{}]).map(
    (flags) =>
      [
        [name, ...Object.keys(flags)].join('+'),
        (): SchedulerFactory => SCHEDULERS[name]({ ...flags, random: seededRandom(7) }),
      ] as const,
  ),
);

/** Connects until a server answers, as a balancer does. */
function answered(
  service: VirtualService,
  from: ReturnType<typeof client>,
  dead: ReadonlySet<string>,
): ServiceConnection | undefined {
  let connection = service.connect(from);
  while (connection !== undefined && dead.has(String(connection.server))) {
    connection = connection.retry(new Error('refused'));
  }
  return connection;
}

describe('with one good and one dead server', () => {
  const dead = new Set(['10.0.0.1:8080']);

  describe.each(variants)('%s', (_, scheduler) => {
    it.each([
      ['without persistence', {}],
      ['with persistence', { persistence: { timeoutSeconds: 300 } }],
      ['with outlier detection', { outlierDetection: true }],
      ['with all of it', { persistence: {}, outlierDetection: true, slowStartSeconds: 60 }],
    ])('no client fails %s', (_, options) => {
      for (const servers of [
        [server(1), server(2)],
        [server(2), server(1)],
        [{ ...server(1), weight: 300 }, server(2)],
      ]) {
        const { service } = makeService({ scheduler: scheduler(), servers, ...options });
        for (let n = 1; n <= 120; n++) {
          const connection = answered(service, client(n % 30, n), dead);
          expect(String(connection?.server)).toBe('10.0.0.2:8080');
          connection?.close();
        }
        expect([...service.servers].map(({ total }) => total)).toEqual([0, 0]);
        service.close();
      }
    });
  });
});

describe.each(variants)('a retry with %s', (_, scheduler) => {
  it('never gives an excepted server, and gives one whenever another one is usable', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(weights, fc.nat(), fc.nat(200), (weights, bits, host) => {
        const servers = weights.map((weight, n) => ({ ...server(n + 1), weight }));
        const { service } = makeService({ scheduler: scheduler(), servers });
        const except = servers.filter((_, n) => ((bits >> n) & 1) === 1);
        const excepted = except.map(({ address }) => `${address}:8080`);
        const connection = service.connect(client(host), { except });
        if (connection === undefined) {
          // Hashing may fall on a server of weight 0, which is nobody's fault but its own.
          const left = servers.filter((each) => each.weight > 0 && !except.includes(each));
          const hashes = ['sh', 'mh', 'dh'].includes(service.toJSON().service.scheduler);
          expect(left.length === 0 || (hashes && weights.includes(0))).toBe(true);
        } else {
          expect(excepted).not.toContain(String(connection.server));
          expect(connection.server.weight).toBeGreaterThan(0);
        }
        expect([...service.servers].some(({ suspended }) => suspended)).toBe(false);
        service.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('a retry', () => {
  it('picks as the scheduler would if the excepted servers were overloaded', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(3)), { maxLength: 40 });
    const stateless: SchedulerName[] = ['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'fo', 'ovf', 'twos'];
    fc.assert(
      fc.property(fc.constantFrom(...stateless), steps, (name, steps) => {
        const make = (): VirtualService =>
          makeService({
            scheduler: SCHEDULERS[name]({ random: seededRandom(3) }),
            servers: [1, 2, 3, 4].map((n) => ({ ...server(n), weight: n })),
          }).service;
        const [asked, oracle] = [make(), make()];
        for (const [n, [excepts, which]] of steps.entries()) {
          const chosen = server(which + 1);
          const except = excepts ? [chosen] : [];
          const got = asked.connect(client(n), { except });
          if (excepts) oracle.servers.get(chosen)?.suspend();
          const expected = oracle.connect(client(n));
          if (excepts) oracle.servers.get(chosen)?.resume();
          expect(String(got?.server)).toBe(String(expected?.server));
        }
      }),
    );
  });

  it('takes a turn of its own, so that the servers left share the load of a dead one', () => {
    for (const scheduler of [roundRobin(), weightedRoundRobin()]) {
      const servers = [server(1), server(2), server(3)];
      const { service } = makeService({ scheduler, servers });
      const dead = new Set(['10.0.0.2:8080']);
      const got = Array.from(
        { length: 60 },
        (_, n) => answered(service, client(1, n), dead)?.server,
      );
      expect(tally(got)).toEqual({ '10.0.0.1:8080': 30, '10.0.0.3:8080': 30 });
    }
  });

  it('takes a server from its own client only', () => {
    const { service } = makeService({ scheduler: leastConnection() });
    service.connect(client(9), { except: [server(1)] });
    const first = service.connect(client(1));
    expect(String(first?.server)).toBe('10.0.0.1:8080');
    expect(String(first?.retry()?.server)).toBe('10.0.0.2:8080');
    expect(String(service.connect(client(2))?.server)).toBe('10.0.0.1:8080');
  });

  it('moves no destination of lblc for the others', () => {
    const { service } = makeService({ scheduler: localityBasedLeastConnection() });
    const first = service.connect(client(1));
    const second = first?.retry();
    expect(second?.server).not.toBe(first?.server);
    second?.close();
    expect(service.connect(client(2))?.server).toBe(first?.server);
  });

  it('closes the failed connection, and ends when all servers were tried', () => {
    const { service } = makeService();
    const first = service.connect(client(1));
    const second = first?.retry();
    expect([first?.open, second?.open]).toEqual([false, true]);
    expect([second?.retry(), service.refusal]).toEqual([undefined, 'no-server']);
    expect(service.size).toBe(0);
  });

  it('works for a connection that has ended already, and with one-packet scheduling', () => {
    const { service } = makeService();
    const ended = service.connect(client(1));
    ended?.close();
    expect(ended?.retry()?.server).not.toBe(ended?.server);
    const udp = makeService({ protocol: 'udp', onePacket: true }).service;
    const datagram = udp.connect(client(1));
    expect(datagram?.retry()?.server).not.toBe(datagram?.server);
  });

  it('gives the next datagram of a UDP client the new server', () => {
    const { service } = makeService({ protocol: 'udp' });
    const next = service.connect(client(1))?.retry();
    expect(service.connect(client(1))).toBe(next);
    expect(service.size).toBe(1);
  });

  it('gives a UDP client another server when its own is excepted', () => {
    const { service } = makeService({ protocol: 'udp' });
    const first = service.connect(client(1));
    const except = first === undefined ? [] : [first.server];
    const second = service.connect(client(1), { except });
    expect(second?.server).not.toBe(first?.server);
    expect([first?.open, service.size]).toEqual([false, 1]);
  });

  it('accepts the excepted servers in any form, and passes over those it does not know', () => {
    const { service } = makeService();
    const forms = ['10.0.0.2:8080', server(2), service.servers.first ?? '', '10.9.9.9:1'];
    const connection = service.connect(client(1), { except: forms });
    expect(String(connection?.server)).toBe('10.0.0.1:8080');
    expect(service.connect({ ...client(2), exclude: [server(1)] })?.server).toBe(
      service.servers.first,
    );
  });

  it('keeps the client on its key', () => {
    const { service } = makeService({ persistence: {} });
    const next = service.connect(client(1), { key: 'k' })?.retry();
    expect(service.connect(client(2), { key: 'k' })?.server).toBe(next?.server);
  });
});

describe('a retry of a persistent client', () => {
  it('moves the client to the new server, for good', () => {
    const { service } = makeService({ persistence: { timeoutSeconds: 60 } });
    const first = service.connect(client(1, 1));
    const second = first?.retry();
    expect(second?.server).not.toBe(first?.server);
    second?.close();
    expect(service.connect(client(1, 2))?.server).toBe(second?.server);
  });

  it('leaves the client where it was when there is no other server', () => {
    const { service } = makeService({ persistence: {}, servers: [server(1)] });
    const first = service.connect(client(1, 1));
    expect(first?.retry()).toBeUndefined();
    service.servers.add(server(2));
    expect(service.connect(client(1, 2))?.server).toBe(first?.server);
  });

  it('moves no other client', () => {
    const { service } = makeService({ persistence: {} });
    const others = [2, 3].map((host) => service.connect(client(host))?.server);
    service.connect(client(1))?.retry();
    expect([2, 3].map((host) => service.connect(client(host, 2))?.server)).toEqual(others);
  });
});
