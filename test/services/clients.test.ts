/** Clients are traffic: whatever a socket says of them, `connect` gives a connection or a reason. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceHashing } from '../../src/schedulers/source-hashing.js';
import { type Client, type Refusal, REFUSALS } from '../../src/services/client.js';
import type { VirtualServiceOptions } from '../../src/services/virtual-service-options.js';
import { client, makeService, server, tally } from './support.js';

const bothFamilies = [server(1), { address: '2001:db8:1::1', port: 8080 }];

function reasonFor(given: unknown, options: Partial<VirtualServiceOptions> = {}): unknown {
  const { service } = makeService(options);
  const connection = service.connect(given as Client);
  return connection === undefined ? service.refusal : 'opened';
}

describe('a client without connection', () => {
  it.each<[string, unknown, Refusal]>([
    ['whose socket has no peer any more', { remoteAddress: undefined }, 'client-gone'],
    ['whose address is undefined', { address: undefined, port: 1 }, 'client-gone'],
    ['whose address is empty', { address: '', port: 0 }, 'client-gone'],
    ['without port', { address: '198.51.100.1' }, 'client-gone'],
    ['with neither', {}, 'client-gone'],
    ['whose address is a path', { address: '/run/app.sock', port: 1 }, 'client-address'],
    ['whose address is a name', { address: 'localhost', port: 1 }, 'client-address'],
    ['whose address is out of range', { address: '256.1.1.1', port: 1 }, 'client-address'],
    ['whose IPv4 address has a zone', { address: '10.0.0.1%eth0', port: 1 }, 'client-address'],
    ['whose port is a fraction', { address: '198.51.100.1', port: 1.5 }, 'client-port'],
    ['whose port is too great', { address: '198.51.100.1', port: 65536 }, 'client-port'],
    ['whose port is text', { address: '198.51.100.1', port: '80' }, 'client-port'],
    ['that asked for another port', { ...client(1), virtualPort: 81 }, 'port-not-served'],
  ])('%s gets none, and a reason', (_, given, reason) => {
    expect(reasonFor(given)).toBe(reason);
  });

  it('gets the reason no-server when no server is usable, and table-full when there is no room', () => {
    expect(reasonFor(client(1), { servers: [{ ...server(1), weight: 0 }] })).toBe('no-server');
    const { service } = makeService({ connectionLimit: 1 });
    service.connect(client(1));
    expect([service.connect(client(2)), service.refusal]).toEqual([undefined, 'table-full']);
  });

  it('leaves no reason behind for the next one', () => {
    const { service } = makeService();
    service.connect({ address: '', port: 1 });
    service.connect(client(1));
    expect(service.refusal).toBeUndefined();
  });

  it('never makes connect throw, whatever its address and port are', () => {
    const { service } = makeService({ connectionLimit: 8, persistence: { netmask: 24 } });
    const address = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.anything());
    const port = fc.oneof(fc.integer(), fc.anything());
    fc.assert(
      fc.property(address, port, (address, port) => {
        const connection = service.connect({ address, port } as Client);
        if (connection === undefined) expect(REFUSALS).toContain(service.refusal);
        else expect(service.refusal).toBeUndefined();
        connection?.close();
      }),
    );
  });
});

describe('a client', () => {
  it.each([
    ['a socket', { remoteAddress: '198.51.100.1', remotePort: 7 }, '198.51.100.1', 7],
    ['IPv4', { address: '198.51.100.1', port: 7 }, '198.51.100.1', 7],
    ['port 0', { address: '198.51.100.1', port: 0 }, '198.51.100.1', 0],
    ['IPv6', { address: '2001:DB8::1', port: 7 }, '2001:db8::1', 7],
    ['link-local with a zone', { address: 'fe80::1%eth0', port: 7 }, 'fe80::1', 7],
    ['IPv4 in IPv6 form', { address: '::ffff:198.51.100.1', port: 7 }, '198.51.100.1', 7],
    ['that in hexadecimal', { address: '::ffff:c633:6401', port: 7 }, '198.51.100.1', 7],
  ] as const)(
    'of this kind is taken by a service of either family: %s',
    (_, given, address, port) => {
      for (const virtual of ['192.0.2.1', '::', 'localhost']) {
        const { service } = makeService({ address: virtual });
        const connection = service.connect(given);
        expect([String(connection?.clientAddress), connection?.clientPort]).toEqual([
          address,
          port,
        ]);
        expect(service.toJSON().connections.connections).toHaveLength(1);
      }
    },
  );

  it('of either family gets servers of either family', () => {
    const { service } = makeService({ servers: bothFamilies });
    const given = ['198.51.100.1', '2001:db8::1', '198.51.100.2', '2001:db8::2'];
    const servers = given.map((address) => service.connect({ address, port: 1 })?.server);
    expect(tally(servers)).toEqual({ '10.0.0.1:8080': 2, '[2001:db8:1::1]:8080': 2 });
  });

  it('is the same in IPv4 and in IPv6 form', () => {
    const { service } = makeService({ persistence: {}, address: '::' });
    const first = service.connect({ address: '198.51.100.1', port: 1 });
    const second = service.connect({ address: '::ffff:198.51.100.1', port: 2 });
    expect(second?.server).toBe(first?.server);
  });

  it('that is no object is a mistake of the caller', () => {
    const { service } = makeService();
    expect(() => service.connect('198.51.100.1' as never)).toThrow(
      new TypeError('Cannot connect: expected a socket or { address, port }, got "198.51.100.1"'),
    );
    expect(() => service.connect(client(1), { exept: [] } as never)).toThrow(/"exept"/);
  });
});

describe('netmasks', () => {
  const three = [server(1), server(2), server(3)];
  const ipv4Clients = Array.from({ length: 99 }, (_, n) => `::ffff:203.0.113.${n + 1}`);

  it('for one family leave the other one alone', () => {
    const persistence = { netmask: 64 };
    const { service } = makeService({ address: '::', persistence, servers: three });
    const servers = ipv4Clients.map((address) => service.connect({ address, port: 1 })?.server);
    expect(Object.values(tally(servers))).toEqual([33, 33, 33]);
  });

  it.each(['192.0.2.1', '2001:db8::80'])('hold for clients of both families at %s', (address) => {
    const persistence = { netmask: { ipv4: 24, ipv6: 64 } };
    const { service } = makeService({ address, persistence, servers: three });
    const visit = (address: string): string =>
      String(service.connect({ address, port: 1 })?.server);
    expect(new Set(ipv4Clients.map(visit)).size).toBe(1);
    expect(visit('2001:db8:0:1::a')).toBe(visit('2001:db8:0:1::b'));
    expect(visit('2001:db8:0:2::a')).not.toBe(visit('2001:db8:0:1::b'));
  });

  it.each(['192.0.2.1', '2001:db8::80'])(
    'of both families survive a snapshot, of %s',
    (address) => {
      const persistence = { netmask: { ipv4: 24, ipv6: 64 } };
      const { service } = makeService({ address, persistence });
      expect(service.toJSON().service.persistence).toMatchObject({
        netmask: { ipv4: '255.255.255.0', ipv6: 'ffff:ffff:ffff:ffff::' },
      });
    },
  );
});

describe('a key', () => {
  it('is what a client is recognized by, whatever its address and family', () => {
    const { service } = makeService({ persistence: {} });
    const visit = (address: string, key?: string): unknown =>
      service.connect({ address, port: 1 }, { key })?.server;
    const first = visit('198.51.100.1', 'session-42');
    expect(visit('198.51.100.2', 'session-42')).toBe(first);
    expect(visit('2001:db8::1', 'session-42')).toBe(first);
    expect(visit('198.51.100.1')).not.toBe(first);
  });

  it('takes the place of the address for the hashing schedulers, in each process alike', () => {
    const picks = [1, 2].map(() => {
      const { service } = makeService({ scheduler: sourceHashing() });
      const keys = Array.from({ length: 64 }, (_, n) => `user-${n}`);
      return keys.map((key) => String(service.connect(client(1), { key })?.server));
    });
    expect(picks[0]).toEqual(picks[1]);
    expect(Object.keys(tally(picks[0] ?? []))).toHaveLength(2);
  });

  it('that is empty is none', () => {
    const { service } = makeService({ persistence: {} });
    const servers = [1, 2].map((n) => service.connect({ ...client(n), key: '' })?.server);
    expect(servers[0]).not.toBe(servers[1]);
  });

  it('keeps a client apart from one whose address is another, over 10,000 keys', () => {
    const { service } = makeService({ persistence: {} });
    for (let n = 0; n < 10_000; n++) service.connect(client(1, n), { key: `k${n}` })?.close();
    expect(service.size).toBe(10_000);
  });
});
