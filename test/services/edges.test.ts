/** Ends of ranges, kinds of input and lists of names of services with sockets, and the keys of templates. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { IpAddress } from '../../src/ip-address.js';
import { ServerList } from '../../src/model/server-list.js';
import { REFUSALS } from '../../src/services/client.js';
import { createPersistence } from '../../src/services/persistence-settings.js';
import { persistentServerPort, templateServerPort } from '../../src/services/server-port.js';
import { ServiceTable } from '../../src/services/service-table.js';
import { toTemplateKey } from '../../src/services/template-key.js';
import type { VirtualServiceOptions } from '../../src/services/virtual-service-options.js';
import { trivialRegistry } from './registry.js';
import { client, makeService, server } from './support.js';

describe('a template', () => {
  const names = fc.oneof(
    fc.record({ address: fc.constant('192.0.2.1'), port: fc.constantFrom(0, 21, 80) }),
    fc.record({ fwmark: fc.constantFrom(7, 0x80000001) }),
  );
  const ports = fc.constantFrom(0, 20, 21, 80, 8080);

  it('is for the service’s port alone, unless that is FTP’s, and else for all of them', () => {
    fc.assert(
      fc.property(names, ports, ports, (name, asked, own) => {
        const service = new ServiceTable({ schedulers: trivialRegistry }).add(name, {
          persistence: { timeoutSeconds: 60 },
        });
        const [real] = [...new ServerList([{ address: '10.0.0.1', port: own }])];
        const isForOnePort = service.fwmark === 0 && asked === service.port && asked !== 21;
        const key = new ConnectionKey();
        key.protocol = 6;
        key.setClient(IpAddress.parse('198.51.100.7'), 4711);
        key.setVirtual(IpAddress.parse('192.0.2.1'), asked);
        toTemplateKey(
          key,
          service,
          createPersistence({ timeoutSeconds: 60, netmask: '255.255.255.0' }, 4),
        );

        expect([key.client3, key.clientPort]).toEqual([IpAddress.parse('198.51.100.0').word3, 0]);
        expect(key.virtualPort).toBe(isForOnePort ? asked : 0);
        expect([key.protocol, key.virtual3]).toEqual(
          service.fwmark === 0 ? [6, IpAddress.parse('192.0.2.1').word3] : [0, service.fwmark | 0],
        );
        expect(templateServerPort(service, real, asked)).toBe(isForOnePort ? own : 0);
        const goesToOwn = service.fwmark === 0 && asked === service.port && own !== 0;
        expect(persistentServerPort(service, real, asked)).toBe(goesToOwn ? own : asked);
      }),
    );
  });
});

describe('the client’s part of a template', () => {
  it.each([
    [48, '2001:db8:1::'],
    [80, '2001:db8:1:2:3::'],
    [120, '2001:db8:1:2:3:4:5:0'],
    [128, '2001:db8:1:2:3:4:5:6'],
  ])('has the first %i bits of an IPv6 address', (netmask, expected) => {
    const service = new ServiceTable({ schedulers: trivialRegistry }).add({
      address: '2001:db8::1',
      port: 80,
    });
    const key = new ConnectionKey();
    key.setClient(IpAddress.parse('2001:db8:1:2:3:4:5:6'), 4711);
    toTemplateKey(key, service, createPersistence({ timeoutSeconds: 60, netmask }, 6));
    const { client0, client1, client2, client3 } = key;
    expect(String(IpAddress.fromIpv6(client0, client1, client2, client3))).toBe(expected);
  });
});

describe('outlier detection', () => {
  const outAfter = (gapMs: number): boolean => {
    const { service, timers } = makeService({
      servers: [server(1), server(2)],
      outlierDetection: { failures: 3, windowSeconds: 10, ejectionSeconds: 30, recoverySeconds: 0 },
    });
    const [first, other] = [...service.servers];
    for (let n = 0; n < 3; n++) {
      service.connect(client(1, 1000 + n), { except: [other] })?.retry(new Error('refused'));
      if (n < 2) timers.advance(gapMs);
    }
    return first.suspended;
  };

  it.each([undefined, false] as const)('that is %s takes no server out', (outlierDetection) => {
    const { service } = makeService(outlierDetection === false ? { outlierDetection } : {});
    const [other, first] = [...service.servers];
    for (let n = 0; n < 20; n++) {
      service.connect(client(1, 1000 + n), { except: [other] })?.retry(new Error('refused'));
    }
    expect(first.suspended).toBe(false);
    expect(service.toJSON().outliers).toEqual([]);
  });

  it('counts failures that are a whole window apart, and no further', () => {
    expect([outAfter(5000), outAfter(5001)]).toEqual([true, false]);
  });

  it('forgets the failures of a server that is removed, even if its connections stay', () => {
    const { service } = makeService({ outlierDetection: { failures: 2, windowSeconds: 10 } });
    const [other, first] = [...service.servers];
    const fail = (port: number): void => {
      service.connect(client(1, port), { except: [other] })?.retry(new Error('refused'));
    };
    service.connect(client(2), { except: [other] });
    fail(1);
    service.servers.remove(first);
    expect(service.servers.add(server(1))).toBe(first);
    fail(2);
    expect(first.suspended).toBe(false);
    fail(3);
    expect(first.suspended).toBe(true);
  });
});

describe('a client', () => {
  it.each([null, undefined, 7, 'x'])('that is %s is a mistake of the caller', (value) => {
    const { service } = makeService();
    expect(() => service.connect(value as never)).toThrow(
      'Cannot connect: expected a socket or { address, port }',
    );
  });

  it('of the other family has no virtual address of its own', () => {
    const { service } = makeService();
    const connection = service.connect({ address: '2001:db8::7', port: 1000 });
    const [entry] = service.toJSON().connections.connections;
    expect(connection?.server).toBeDefined();
    expect([entry.client, entry.virtual]).toEqual(['2001:db8::7', '::']);
  });

  it.each([
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['2001:db8::ffff:c633:6407', '2001:db8::ffff:c633:6407'],
    ['0:1::ffff:c633:6407', '0:1::ffff:c633:6407'],
    ['0:0:0:1:0:ffff:c633:6407', '::1:0:ffff:c633:6407'],
    ['::fffe:c633:6407', '::fffe:c633:6407'],
  ])('at %s is known as %s', (address, known) => {
    for (const given of [address, IpAddress.parse(address)]) {
      const { service } = makeService();
      service.connect({ address: given, port: 1000 });
      expect(service.toJSON().connections.connections[0].client).toBe(known);
    }
  });

  it('may be refused for six reasons', () => {
    expect(REFUSALS).toEqual([
      'client-gone',
      'client-address',
      'client-port',
      'port-not-served',
      'no-server',
      'table-full',
    ]);
  });
});

describe('the options of a service', () => {
  it.each<[Partial<VirtualServiceOptions>, string]>([
    [{ idleTimeoutSeconds: 0 }, 'Invalid idle timeout: expected an integer 1–2764800, got 0'],
    [{ idleTimeoutSeconds: 2_764_801 }, 'Invalid idle timeout: expected an integer 1–2764800'],
    [{ slowStartSeconds: -1 }, 'Invalid slow start: expected an integer 0–'],
    [{ connectionLimit: 0 }, 'Invalid connection limit: expected an integer 1–'],
    [{ persistence: true as never }, 'Invalid persistence: expected false or an object'],
    [{ persistence: null as never }, 'Invalid persistence: expected false or an object'],
  ])('are checked: %j', (options, message) => {
    expect(() => makeService(options)).toThrow(message);
  });
});
