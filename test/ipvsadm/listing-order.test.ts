import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import { compareServers, mergeSort, orderedServices } from '../../src/ipvsadm/listing-order.js';
import type { ServiceName } from '../../src/services/service-key.js';
import { administration } from './golden.js';

/** The rule of comparing marks and addresses: the difference, wrapped to 32 bits with a sign. */
function wrapped(a: number, b: number): number {
  return (a - b) | 0;
}

function numerically(a: number, b: number): number {
  return a - b;
}

function byFirst(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0];
}

function serviceNames(...names: ServiceName[]): string[] {
  const director = administration();
  for (const name of names) director.addService(name);
  return orderedServices(director.services, true).map(String);
}

describe('mergeSort', () => {
  it('sorts as any other where the order is a real one, and keeps equals in place', () => {
    const pairs = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat()));
    fc.assert(
      fc.property(pairs, (values) => {
        expect(mergeSort(values, byFirst)).toEqual(values.toSorted(byFirst));
      }),
    );
  });

  it('leaves nothing out where the order is circular', () => {
    const words = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 40 });
    fc.assert(
      fc.property(words, (values) => {
        const sorted = mergeSort(values, wrapped);
        expect(sorted.toSorted(numerically)).toEqual(values.toSorted(numerically));
      }),
    );
  });

  it.each([
    // Each comes before the next one in a circle of three.
    [[0, 0x60000000, 0xc0000000]],
    [[0x60000000, 0xc0000000, 0]],
    [[0xc0000000, 0, 0x60000000]],
  ])('decides a circle of three by halves of one and two: %j', (values) => {
    const [first, ...rest] = values as [number, number, number];
    const [a, b] = rest;
    const pair = wrapped(a, b) <= 0 ? [a, b] : [b, a];
    const at = pair.findIndex((each) => wrapped(first, each) <= 0);
    const expected = at < 0 ? [...pair, first] : pair.toSpliced(at, 0, first);
    expect(mergeSort(values, wrapped)).toEqual(expected);
  });
});

describe('the order of services', () => {
  it('is family, protocol, address, port, and marks last', () => {
    const names = serviceNames(
      { fwmark: 2, family: 6 },
      { fwmark: 2 },
      { address: 'fd00::1', port: 1 },
      { protocol: 'sctp', address: '10.0.0.1', port: 1 },
      { protocol: 'udp', address: '10.0.0.1', port: 1 },
      { address: '10.0.0.2', port: 1 },
      { address: '10.0.0.1', port: 2 },
      { address: '10.0.0.1', port: 1 },
    );
    expect(names).toEqual([
      'TCP 10.0.0.1:1',
      'TCP 10.0.0.1:2',
      'TCP 10.0.0.2:1',
      'UDP 10.0.0.1:1',
      'SCTP 10.0.0.1:1',
      'TCP [fd00::1]:1',
      'FWM 2',
      'FWM 2 IPv6',
    ]);
  });

  it('is circular: 192.168.101.10 comes before 0.0.0.0, and marks from 2^31 on come first', () => {
    const names = serviceNames(
      { address: '0.0.0.0', port: 80 },
      { address: '192.168.101.10', port: 80 },
    );
    expect(names).toEqual(['TCP 192.168.101.10:80', 'TCP 0.0.0.0:80']);
    expect(serviceNames({ address: '10.0.0.1', port: 1 }, { fwmark: 0x80000001 })).toEqual([
      'FWM 2147483649',
      'TCP 10.0.0.1:1',
    ]);
  });
});

describe('the order of servers', () => {
  it.each([
    ['fd00::1', '10.0.0.1'],
    ['127.0.0.1', 'fd00::1'],
    ['192.168.0.1', 'fd00::1'],
    ['10.0.0.1', '10.0.0.2'],
    ['fd00::1', 'fd00::2'],
  ])('has %s before %s', (before, after) => {
    const [a, b] = [
      ...new ServerList([
        { address: after, port: 1 },
        { address: before, port: 1 },
      ]),
    ];
    expect(compareServers(a as never, b as never)).toBeLessThan(0);
  });

  it('compares addresses of one family by all words, and of two by the first alone', () => {
    const order = (first: string, second: string): number => {
      const servers = [
        { address: first, port: 1 },
        { address: second, port: 2 },
      ];
      const list = new ServerList(servers);
      const [a, b] = servers.map((name) => list.get(name) as RealServer);
      expect(Math.sign(compareServers(b, a))).toBe(-Math.sign(compareServers(a, b)));
      return Math.sign(compareServers(a, b));
    };
    // The ports decide: 1 before 2.
    expect(order('0:5:9::', '0.0.0.5')).toBe(-1);
    expect(order('0.0.0.5', '0:5::9:0:0')).toBe(-1);
    for (const later of ['1::', '0:0:1::', '0:0:0:0:1::', '::1']) {
      expect(order(later, '::')).toBe(1);
    }
  });
});
