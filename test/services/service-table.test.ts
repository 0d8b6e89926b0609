import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import type { Protocol } from '../../src/protocols.js';
import {
  createServiceKey,
  describeServiceKey,
  type ServiceName,
} from '../../src/services/service-key.js';
import { ServiceTable } from '../../src/services/service-table.js';
import type { Service } from '../../src/services/service.js';
import { trivialRegistry } from './registry.js';

const VIP = '192.0.2.1';
const protocols = { tcp: 6, udp: 17, sctp: 132 } as const;

function tableOf(...names: ServiceName[]): ServiceTable {
  const table = new ServiceTable({ schedulers: trivialRegistry });
  for (const name of names) table.add(name);
  return table;
}

function lookup(
  table: ServiceTable,
  packet: { mark?: number; protocol?: Protocol; address?: string; port: number },
): string | undefined {
  const address = IpAddress.parse(packet.address ?? VIP);
  const protocol = protocols[packet.protocol ?? 'tcp'];
  const mark = packet.mark ?? 0;
  return table.lookup(mark, protocol, address, packet.port)?.toString();
}

const tcp = (port: number): ServiceName => ({ address: VIP, port });

describe('the service a packet belongs to', () => {
  it.each([
    [[tcp(80), tcp(0)], 80, 80],
    [[tcp(80), tcp(0)], 443, 0],
    [[tcp(80), tcp(0)], 5000, 0],
    [[tcp(21), tcp(0)], 21, 21],
    [[tcp(21), tcp(0)], 20, 21],
    [[tcp(21), tcp(0)], 1024, 21],
    [[tcp(21), tcp(0)], 50000, 21],
    [[tcp(21), tcp(0)], 1023, 0],
    [[tcp(21)], 22, undefined],
    [[tcp(21)], 3000, 21],
    [[tcp(21), tcp(1024)], 1024, 1024],
    [[tcp(21), tcp(20)], 20, 20],
  ])('is, with %j, for port %i that of port %s', (names, port, expected) => {
    const found = lookup(tableOf(...names), { port });
    expect(found).toBe(expected === undefined ? undefined : `TCP ${VIP}:${expected}`);
  });

  it('is that of its mark before any other', () => {
    const table = tableOf(tcp(80), { fwmark: 5 });
    expect(lookup(table, { port: 80, mark: 5 })).toBe('FWM 5');
    expect(lookup(table, { port: 80, mark: 5, protocol: 'udp' })).toBe('FWM 5');
  });

  it('is that of its port when its mark has none', () => {
    expect(lookup(tableOf(tcp(80)), { port: 80, mark: 5 })).toBe(`TCP ${VIP}:80`);
  });

  it('has the family of the packet, in a mark too', () => {
    const table = tableOf({ fwmark: 5 }, { fwmark: 5, family: 6 }, { fwmark: 6 });
    expect(lookup(table, { port: 1, mark: 5, address: '::1' })).toBe('FWM 5 IPv6');
    expect(lookup(table, { port: 1, mark: 6, address: '::1' })).toBeUndefined();
  });

  it('is not the one on port 21 for UDP', () => {
    const table = tableOf({ protocol: 'udp', address: VIP, port: 21 }, tcp(21));
    expect(lookup(table, { port: 2000, protocol: 'udp' })).toBeUndefined();
  });

  it('is found for marks beyond 2^31 and for all words of an address', () => {
    const table = tableOf({ fwmark: 4294967295 }, { address: 'ff00::8000:1', port: 65535 });
    expect(lookup(table, { port: 1, mark: 4294967295 })).toBe('FWM 4294967295');
    expect(lookup(table, { port: 65535, address: 'ff00::8000:1' })).toBe(
      'TCP [ff00::8000:1]:65535',
    );
    expect(lookup(table, { port: 65535, address: 'ff00::1' })).toBeUndefined();
  });
});

function nameOf(number: number): ServiceName {
  return { address: IpAddress.fromIpv4(number), port: 80 };
}

const names: fc.Arbitrary<ServiceName> = fc.oneof(
  fc.record({
    fwmark: fc.integer({ min: 1, max: 6 }),
    family: fc.constantFrom(4 as const, 6 as const),
  }),
  fc.record({
    protocol: fc.constantFrom<Protocol>('tcp', 'udp', 'sctp'),
    address: fc.constantFrom(VIP, '192.0.2.2', '2001:db8::1', '2001:db8:0:1::1'),
    port: fc.constantFrom(0, 20, 21, 80, 1023, 1024),
  }),
);

/** The rule of the look-up, written down literally over a list. */
function literalLookup(
  services: readonly Service[],
  mark: number,
  protocol: Protocol,
  address: IpAddress,
  port: number,
): Service | undefined {
  const at = (wanted: number): Service | undefined =>
    services.find(
      (each) =>
        each.fwmark === 0 &&
        each.protocol === protocol &&
        each.port === wanted &&
        each.address.equals(address),
    );
  const marked = services.find((each) => each.fwmark === mark && each.family === address.family);
  if (mark !== 0 && marked !== undefined) return marked;
  const ftp = protocol === 'tcp' && (port === 20 || port >= 1024);
  return at(port) ?? (ftp ? at(21) : undefined) ?? at(0);
}

describe('ServiceTable', () => {
  it('agrees with the literal rule after any additions and deletions', () => {
    const packets = fc.tuple(
      fc.integer({ min: 0, max: 7 }),
      fc.constantFrom<Protocol>('tcp', 'udp', 'sctp'),
      fc.constantFrom(VIP, '192.0.2.2', '2001:db8::1', '2001:db8:0:1::1'),
      fc.constantFrom(0, 20, 21, 80, 443, 1023, 1024, 65535),
    );
    const runs = fc.array(names, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(runs, fc.array(packets, { minLength: 20 }), (toggled, probes) => {
        const table = tableOf();
        for (const name of toggled) {
          if (table.find(name) === undefined) table.add(name);
          else table.remove(name);
        }
        for (const [mark, protocol, address, port] of probes) {
          const expected = literalLookup(
            [...table],
            mark,
            protocol,
            IpAddress.parse(address),
            port,
          );
          expect(lookup(table, { mark, protocol, address, port })).toBe(expected?.toString());
        }
      }),
    );
  });

  it('is the same after it was written out and read back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(names, { selector: (name) => JSON.stringify(name) }), (some) => {
        const table = tableOf(...some);
        const copy = ServiceTable.fromJSON(table.toJSON(), { schedulers: trivialRegistry });
        expect(JSON.stringify(copy)).toBe(JSON.stringify(table));
        expect([...copy].map(describeServiceKey)).toEqual([...table].map(describeServiceKey));
      }),
    );
  });

  it('finds the service of a mark and family', () => {
    const table = tableOf({ fwmark: 5, family: 6 }, { fwmark: 5 }, { fwmark: 0x80000001 });
    const found = [5, 0x80000001, 6].map((mark) =>
      [4, 6].map((f) => table.marked(f as 4 | 6, mark)),
    );
    expect(found.map((row) => row.map((each) => each?.family))).toEqual([
      [4, 6],
      [4, undefined],
      [undefined, undefined],
    ]);
    expect(found[1][0]?.fwmark).toBe(0x80000001);
  });

  it('knows which services have a persistence engine', () => {
    const table = tableOf(tcp(80));
    const ports = (): number[] => [...table.withEngine].map(({ port }) => port);
    table.add(tcp(81), { persistenceEngine: 'sip' });
    expect(ports()).toEqual([81]);
    table.edit(tcp(80), { persistenceEngine: 'sip' });
    table.edit(tcp(81), { scheduler: 'rr' });
    expect(ports().toSorted((a, b) => a - b)).toEqual([80, 81]);
    const copy = ServiceTable.fromJSON(table.toJSON(), { schedulers: trivialRegistry });
    expect([...copy.withEngine].map(String).toSorted()).toEqual(
      [...table.withEngine].map(String).toSorted(),
    );
    table.edit(tcp(81), { persistenceEngine: false });
    expect(ports()).toEqual([80]);
    table.remove(tcp(80));
    expect(ports()).toEqual([]);
  });

  it('refuses a persistence engine that there is not', () => {
    const missing = 'Cannot configure TCP 192.0.2.1:80: no persistence engine has the name "sip"';
    const without = new ServiceTable({ schedulers: trivialRegistry, persistenceEngines: [] });
    expect(() => without.add(tcp(80), { persistenceEngine: 'sip' })).toThrow(missing);
    expect(() => tableOf().add(tcp(80), { persistenceEngine: 'sap' as never })).toThrow('"sap"');
  });

  it('refuses a second service of the same name', () => {
    expect(() => tableOf(tcp(80), tcp(80))).toThrow(
      expect.objectContaining({ code: 'ERR_SERVICE_EXISTS' }),
    );
  });

  it('refuses to edit or delete a service that is not there', () => {
    const missing = (verb: string): Error =>
      expect.objectContaining({
        code: 'ERR_SERVICE_NOT_FOUND',
        message: expect.stringContaining(
          `Cannot ${verb} ${describeServiceKey(createServiceKey(tcp(80)))}`,
        ) as string,
      }) as Error;
    expect(() => tableOf().edit(tcp(80), {})).toThrow(missing('edit'));
    expect(() => tableOf().remove(tcp(80))).toThrow(missing('remove'));
    expect(() => tableOf().get(tcp(80))).toThrow(missing('find'));
  });

  it('gets a service that is there', () => {
    const table = tableOf(tcp(80), tcp(81));
    expect(table.get(tcp(81))).toBe(table.find(tcp(81)));
    expect(table.get(tcp(81)).port).toBe(81);
  });

  it('refuses an option of another name', () => {
    expect(() => new ServiceTable({ scheduler: 'rr' } as never)).toThrow(
      'Cannot create a service table',
    );
  });

  it('tells whether there is any service of a family', () => {
    const table = tableOf({ fwmark: 5, family: 6 });
    expect([table.hasFamily(4), table.hasFamily(6)]).toEqual([false, true]);
    table.flush();
    expect([table.hasFamily(4), table.hasFamily(6), table.size]).toEqual([false, false, 0]);
  });

  it('finds removed servers with connections when a deleted service is added again', () => {
    const table = tableOf(tcp(80));
    const server = (table.find(tcp(80)) as Service).servers.add({ address: '10.0.0.1', port: 80 });
    server.open();
    table.flush();
    expect(server.available).toBe(false);
    const again = table.add(tcp(80));
    expect(again.servers.size).toBe(0);
    expect(again.servers.add({ address: '10.0.0.1', port: 80 })).toBe(server);
  });

  it('forgets the servers of a deleted service once they have no connections', () => {
    const table = tableOf(tcp(80));
    const server = (table.find(tcp(80)) as Service).servers.add({ address: '10.0.0.1', port: 80 });
    server.open();
    table.flush();
    server.close();
    expect(table.toJSON().deleted).toEqual({ format: 1, lists: {} });
  });

  it('deletes three thousand services and keeps finding the rest', () => {
    const table = tableOf();
    for (let number = 1; number <= 3_000; number++) table.add(nameOf(number));
    for (let number = 1; number <= 3_000; number += 2) table.remove(nameOf(number));
    const found = Array.from({ length: 3_000 }, (_, at) => table.find(nameOf(at + 1)));
    expect(found.filter((service) => service !== undefined)).toHaveLength(1500);
  });
});
