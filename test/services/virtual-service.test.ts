import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { SCTP_STATES } from '../../src/connections/states/sctp.js';
import { TCP_STATES } from '../../src/connections/states/tcp.js';
import { UDP_STATES } from '../../src/connections/states/udp.js';
import { KERNEL_RELEASES, kernelRules } from '../../src/model/kernel-profile.js';
import { leastConnection } from '../../src/schedulers/least-connection.js';
import { schedulersByName } from '../../src/schedulers/create-scheduler.js';
import { maglevHashing } from '../../src/schedulers/maglev-hashing.js';
import { roundRobin } from '../../src/schedulers/round-robin.js';
import { sourceHashing } from '../../src/schedulers/source-hashing.js';
import { weightedLeastConnection } from '../../src/schedulers/weighted-least-connection.js';
import { VirtualService } from '../../src/services/virtual-service.js';
import type { ServiceConnection } from '../../src/services/service-connection.js';
import { ManualTimers } from '../../src/timers.js';
import { client, makeService, server } from './support.js';

const A = server(1);
const B = server(2);

describe('connect', () => {
  it('picks by the scheduler and counts the connection at its server', () => {
    const { service } = makeService();
    const connection = service.connect(client(1));
    expect(String(connection?.server)).toBe('10.0.0.2:8080');
    expect(connection?.port).toBe(8080);
    expect(connection?.server).toMatchObject({ active: 1, total: 1 });
  });

  it.each([
    ['tcp', 'ESTABLISHED', 1],
    ['udp', 'UDP', 0],
    ['sctp', 'ESTABLISHED', 1],
  ] as const)('opens a %s connection in state %s, as a director would soon have it', (...row) => {
    const [protocol, state, active] = row;
    const { service } = makeService({ protocol });
    const server = service.connect(client(1))?.server;
    const [entry] = service.toJSON().connections.connections;
    const states = { tcp: TCP_STATES, udp: UDP_STATES, sctp: SCTP_STATES };
    expect([states[protocol][entry?.state ?? -1], server?.active]).toEqual([state, active]);
  });

  it('gives undefined when no server is usable', () => {
    const { service } = makeService({ servers: [{ ...A, weight: 0 }] });
    expect(service.connect(client(1))).toBeUndefined();
  });

  it('gives undefined when the table is full, and works again when a connection has ended', () => {
    const { service } = makeService({ connectionLimit: 1 });
    const first = service.connect(client(1));
    expect(service.connect(client(2))).toBeUndefined();
    first?.close();
    expect(service.connect(client(2))).toBeDefined();
  });

  it('respects thresholds: an overloaded server gets nothing until it has recovered', () => {
    const { service } = makeService({ servers: [{ ...A, upperThreshold: 2 }] });
    const connections = [service.connect(client(1)), service.connect(client(2))];
    expect(service.connect(client(3))).toBeUndefined();
    connections[0]?.close();
    expect(service.connect(client(3))).toBeDefined();
  });

  it('takes an IPv4 client of a dual-stack socket', () => {
    const { service } = makeService();
    expect(service.connect({ address: '::ffff:198.51.100.9', port: 1 })).toBeDefined();
  });

  it('returns the known connection of a UDP client, and a new one after 300 idle seconds', () => {
    const { service, timers } = makeService({ protocol: 'udp' });
    const first = service.connect(client(1));
    expect(service.connect(client(1))?.server).toBe(first?.server);
    expect(service.size).toBe(1);
    timers.advance(302_000);
    expect(service.size).toBe(0);
    expect(service.connect(client(1))?.server).not.toBe(first?.server);
  });

  it('schedules each datagram on its own with one-packet scheduling, and counts none', () => {
    const { service } = makeService({ protocol: 'udp', onePacket: true });
    const servers = [1, 2, 3].map(() => String(service.connect(client(1))?.server));
    expect(servers).toEqual(['10.0.0.2:8080', '10.0.0.1:8080', '10.0.0.2:8080']);
    expect([...service.servers].map(({ total }) => total)).toEqual([0, 0]);
  });
});

describe('persistence', () => {
  it('keeps a client on its server until the timeout after its last connection', () => {
    const { service, timers } = makeService({ persistence: { timeoutSeconds: 60 } });
    const first = service.connect(client(1, 1));
    expect(service.connect(client(1, 2))?.server).toBe(first?.server);
    first?.close();
    timers.advance(200_000);
    expect(service.size).toBe(2);
  });

  it('groups clients by netmask', () => {
    const { service } = makeService({ persistence: { netmask: 24 } });
    const first = service.connect(client(1));
    expect(service.connect(client(2))?.server).toBe(first?.server);
    const other = service.connect({ address: '198.51.101.1', port: 1 });
    expect(other?.server).not.toBe(first?.server);
  });

  it('leaves a quiesced server to its clients, unless told to expire templates', () => {
    for (const expireQuiescentTemplate of [false, true]) {
      const { service } = makeService({ persistence: {}, expireQuiescentTemplate });
      const first = service.connect(client(1, 1));
      service.servers.edit(B, { weight: 0 });
      const second = service.connect(client(1, 2));
      expect(second?.server === first?.server).toBe(!expireQuiescentTemplate);
    }
  });

  it('needs a place for the connection besides that of its template, unless that is one packet', () => {
    const full = makeService({ persistence: {}, connectionLimit: 1 }).service;
    expect([full.connect(client(1)), full.refusal]).toEqual([undefined, 'table-full']);
    const persistence = {};
    const { service } = makeService({
      protocol: 'udp',
      onePacket: true,
      persistence,
      connectionLimit: 1,
    });
    const servers = [1, 2, 3].map((port) => service.connect(client(1, port))?.server);
    expect(new Set(servers)).toEqual(new Set([service.servers.first]));
    expect(service.size).toBe(1);
  });

  it('chooses anew when the server was removed', () => {
    const { service } = makeService({ persistence: {} });
    const first = service.connect(client(1, 1));
    service.servers.remove(B);
    expect(service.connect(client(1, 2))?.server).not.toBe(first?.server);
  });
});

describe('a connection', () => {
  it('counts until it is closed, and only once', () => {
    const { service } = makeService();
    const connection = service.connect(client(1));
    connection?.close();
    connection?.close();
    expect(connection?.open).toBe(false);
    expect(connection?.server).toMatchObject({ active: 0, total: 0 });
  });

  it('is not confused with a later one in the same place', () => {
    const { service, timers } = makeService({ servers: [A], idleTimeoutSeconds: 60 });
    const first = service.connect(client(1));
    first?.close();
    const second = service.connect(client(2));
    first?.close();
    first?.deactivate();
    expect(second?.open).toBe(true);
    expect(second?.server).toMatchObject({ active: 1, total: 1 });
    second?.deactivate();
    first?.activate();
    expect(second?.server).toMatchObject({ active: 0, total: 1 });
    timers.advance(50_000);
    first?.touch();
    timers.advance(15_000);
    expect(second?.open).toBe(false);
  });

  it('says who has it and where, in text', () => {
    const { service } = makeService({ servers: [A, '[2001:db8::5]:443'] });
    const described = [service.connect(client(1)), service.connect({ address: '::1', port: 7 })];
    expect(described.map((each) => [each?.host, each?.describe()])).toEqual([
      ['2001:db8::5', 'ServiceConnection 198.51.100.1:1000 -> [2001:db8::5]:443 (open)'],
      ['10.0.0.1', 'ServiceConnection [::1]:7 -> 10.0.0.1:8080 (open)'],
    ]);
    for (const each of described) each?.close();
    expect(described[1]?.describe()).toBe('ServiceConnection [::1]:7 -> 10.0.0.1:8080 (closed)');
  });

  it('asks for the port of its service, or for its own', () => {
    const { service } = makeService({ persistence: {} });
    const connections = [undefined, 443].map((virtualPort) =>
      service.connect({ ...client(1), ...(virtualPort !== undefined && { virtualPort }) }),
    );
    expect(connections.map((each) => [each?.virtualPort, each?.port])).toEqual([
      [80, 8080],
      [443, 443],
    ]);
  });

  it('counts as inactive when told so', () => {
    const { service } = makeService();
    const connection = service.connect(client(1));
    connection?.deactivate();
    expect(connection?.server).toMatchObject({ active: 0, total: 1 });
    connection?.activate();
    expect(connection?.server).toMatchObject({ active: 1, total: 1 });
  });

  it('runs out when it is idle for too long, and not when it is touched', () => {
    const { service, timers } = makeService({ idleTimeoutSeconds: 10 });
    const idle = service.connect(client(1));
    const busy = service.connect(client(2));
    timers.advance(8_000);
    busy?.touch();
    timers.advance(5_000);
    expect([idle?.open, busy?.open]).toEqual([false, true]);
  });
});

describe('draining', () => {
  it('is over when the last connection has ended', async () => {
    const { service } = makeService();
    const connection = service.connect(client(1));
    let drained: boolean | undefined;
    const waiting = service.drain(B).then((empty) => (drained = empty));
    await Promise.resolve();
    expect(drained).toBeUndefined();
    connection?.close();
    await waiting;
    expect(drained).toBe(true);
  });

  it('is over at once without connections', async () => {
    const { service } = makeService();
    expect(await service.drain(A)).toBe(true);
  });

  it('is given up when the server gets weight again, or the service ends', async () => {
    const { service } = makeService();
    service.connect(client(1));
    const first = service.drain(B);
    service.servers.edit(B, { weight: 1 });
    expect(await first).toBe(false);
    const second = service.drain(B);
    service.close();
    expect(await second).toBe(false);
  });

  it('sends nobody to the server meanwhile', () => {
    const { service } = makeService();
    service.connect(client(1));
    void service.drain(B);
    const picked = [2, 3, 4].map((host) => String(service.connect(client(host))?.server));
    expect(new Set(picked)).toEqual(new Set(['10.0.0.1:8080']));
    service.close();
  });
});

describe('editing', () => {
  it('changes the scheduler of a running service', () => {
    const { service } = makeService();
    service.connect(client(1));
    service.edit({ scheduler: leastConnection() });
    expect(String(service.connect(client(2))?.server)).toBe('10.0.0.1:8080');
  });

  it.each([sourceHashing, maglevHashing])('leaves the flags of a factory as they are', (make) => {
    const { service } = makeService({ scheduler: make({ fallback: true }) });
    const visit = (): boolean =>
      Array.from({ length: 40 }, (_, n) => service.connect(client(n))).every(Boolean);
    service.servers.edit(A, { weight: 0 });
    expect(visit()).toBe(true);
    service.edit({ scheduler: make() });
    expect(visit()).toBe(false);
    service.edit({ scheduler: make({ fallback: true }) });
    expect(visit()).toBe(true);
  });

  it('keeps the counters equal to the open connections, whatever happens', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('connect' as const), host: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ kind: fc.constant('close' as const), index: fc.nat(50) }),
      fc.record({ kind: fc.constant('remove' as const), index: fc.nat(1) }),
      fc.record({ kind: fc.constant('add' as const), index: fc.nat(1) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const { service } = makeService({ scheduler: weightedLeastConnection() });
        const open: ServiceConnection[] = [];
        const servers = [A, B];
        const records = new Set([...service.servers]);
        let port = 1;
        for (const each of operations) {
          if (each.kind === 'connect') {
            const connection = service.connect(client(each.host, port++));
            if (connection !== undefined) open.push(connection);
          } else if (each.kind === 'close') {
            open.splice(each.index % Math.max(1, open.length), 1)[0]?.close();
          } else {
            const server = servers[each.index];
            const present = service.servers.get(server) !== undefined;
            if (each.kind === 'remove' && present) service.servers.remove(server);
            if (each.kind === 'add' && !present) records.add(service.servers.add(server));
          }
        }
        for (const record of records) {
          expect(record.total).toBe(open.filter(({ server }) => server === record).length);
        }
        expect(service.size).toBe(open.length);
      }),
    );
  });
});

describe('a snapshot', () => {
  it('brings back servers, counters, templates, connections and the turn, on another clock', () => {
    const { service, timers } = makeService({ persistence: { timeoutSeconds: 100 } });
    const kept = service.connect(client(1));
    timers.advance(50_000);
    const state = JSON.parse(JSON.stringify(service)) as ReturnType<VirtualService['toJSON']>;

    const later = new ManualTimers(new ManualClock(7));
    const restored = VirtualService.fromJSON(state, { scheduler: roundRobin(), timers: later });
    expect(restored.size).toBe(2);
    expect(JSON.stringify(restored.servers)).toBe(JSON.stringify(service.servers));
    expect(String(restored.connect(client(1, 2))?.server)).toBe(String(kept?.server));
    expect(String(restored.connect(client(2))?.server)).toBe('10.0.0.1:8080');
  });

  it('is read back by clocks that have fractions of milliseconds', () => {
    const { service } = makeService();
    service.connect(client(1));
    const timers = new ManualTimers(new ManualClock(7.25));
    const restored = VirtualService.fromJSON(service.toJSON(), { scheduler: roundRobin(), timers });
    expect(restored.size).toBe(1);
  });

  it('lets templates run out when they would have run out', () => {
    const { service, timers } = makeService({ persistence: { timeoutSeconds: 100 } });
    service.connect(client(1))?.close();
    timers.advance(60_000);
    const later = new ManualTimers();
    const restored = VirtualService.fromJSON(service.toJSON(), {
      scheduler: roundRobin(),
      timers: later,
    });
    later.advance(38_000);
    expect(restored.size).toBe(1);
    later.advance(4_000);
    expect(restored.size).toBe(0);
  });
});

describe('a service', () => {
  it('has the name of its protocol, address and port', () => {
    expect(String(makeService().service)).toBe('TCP 192.0.2.1:80');
  });

  it('follows the rules of the kernel that was chosen, or of the newest', () => {
    const kernels = [undefined, ...KERNEL_RELEASES];
    const rules = kernels.map((kernel) => makeService(kernel && { kernel }).service.servers.kernel);
    expect(rules).toEqual(kernels.map((kernel) => kernelRules(kernel)));
    expect(new Set(rules.map((each) => JSON.stringify(each))).size).toBeGreaterThan(1);
  });

  it('asks the random source that it was given', () => {
    let asked = 0;
    const random = (): number => {
      asked += 1;
      return 0.5;
    };
    const { service } = makeService({ random });
    service.connect(client(1));
    expect(asked).toBeGreaterThan(0);
  });
});

describe('a mistake of the caller', () => {
  const options = { address: '192.0.2.1', port: 80, scheduler: roundRobin() };
  it.each([
    ['no options', undefined, /Cannot create a virtual service: expected an object with scheduler/],
    ['a misspelt option', { ...options, persistance: {} }, /"persistance"/],
    [
      'a factory that was not called',
      { ...options, scheduler: roundRobin },
      /call it: roundRobin\(\)/,
    ],
    ['a name without registry', { ...options, scheduler: 'wlc' }, /schedulers: schedulersByName/],
    [
      'no scheduler',
      { address: '192.0.2.1', port: 80 },
      /no scheduler has the name "wlc"; names need/,
    ],
    [
      'a scheduler of no kind',
      { ...options, scheduler: 7 },
      /expected a factory such as roundRobin\(\), got 7/,
    ],
    ['persistence that is true', { ...options, persistence: true }, /expected false or an object/],
    ['a misspelt persistence', { ...options, persistence: { timeout: 1 } }, /"timeout"/],
    ['a misspelt netmask', { ...options, persistence: { netmask: { v4: 24 } } }, /"v4"/],
    [
      'a name as address',
      { ...options, address: 'web.internal' },
      /service address.*"web.internal"/,
    ],
    ['a misspelt server', { ...options, servers: [{ ...A, wieght: 1 }] }, /"wieght"/],
    ['a slow start of no length', { ...options, slowStartSeconds: -1 }, /slow start.*got -1/],
  ])('%s is refused in words', (_, given, message) => {
    expect(() => new VirtualService(given as never)).toThrow(message);
  });

  it('in an edit changes nothing', () => {
    const { service } = makeService();
    expect(() => service.edit({ scheduller: roundRobin() } as never)).toThrow('"scheduller"');
    expect(() => service.edit({ scheduler: roundRobin as never })).toThrow('call it');
    service.connect(client(1));
    expect(String(service.connect(client(2))?.server)).toBe('10.0.0.1:8080');
  });

  it('is not a scheduler by name where names are known', () => {
    const { service } = makeService({ scheduler: 'wlc', schedulers: schedulersByName });
    expect(service.toJSON().service.scheduler).toBe('wlc');
  });
});
