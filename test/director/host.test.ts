/** The addresses of a host against a plain list: what is its own, of a prefix, or foreign, however one asks. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { Director } from '../../src/director/index.js';
import { DirectorHost, type HostOptions } from '../../src/director/host.js';
import { Tunables } from '../../src/director/tunables.js';
import { IpAddress } from '../../src/ip-address.js';
import { kernelRules, NEWEST_KERNEL } from '../../src/model/kernel-profile.js';
import { seededRandom } from '../../src/random.js';

const TUNABLES = new Tunables();

function hostOf(options: HostOptions, now = 0): DirectorHost {
  const { values } = TUNABLES;
  return new DirectorHost(options, values, seededRandom(1), () => now, kernelRules(NEWEST_KERNEL));
}

/** Addresses of which several fold to the same number, or differ in one word. */
const ADDRESSES = [
  '10.0.0.1',
  '10.0.0.2',
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '::',
  '::1',
  '::a00:1',
  '::a00:1:0:0',
  'a00:1::',
  '0:0:a00:1::',
  '2001:db8::1',
  '2001:db8::2',
  '2001:db8:0:0:1::1',
  '2001:db8:1::1',
  '2001:db9::1',
].map((text) => IpAddress.parse(text));
const PREFIXES = [
  { address: '10.0.0.0', length: 31 },
  { address: '2001:db8::', length: 32 },
  { address: '::', length: 127 },
] as const;

const steps = fc.array(
  fc.record({
    what: fc.constantFrom('add', 'remove', 'ask', 'ask', 'ask4or6', 'ask4or6'),
    address: fc.constantFrom(...ADDRESSES),
  }),
  { maxLength: 60, size: 'max' },
);

describe('a host', () => {
  it('knows its addresses as a plain list does', () => {
    fc.assert(
      fc.property(steps, fc.subarray([...PREFIXES]), (all, localPrefixes) => {
        const host = hostOf({ localPrefixes });
        const own = new Set<string>();
        const inPrefix = (address: IpAddress): boolean =>
          localPrefixes.some(
            ({ address: network, length }) =>
              IpAddress.parse(network).family === address.family &&
              address.prefix(length).equals(IpAddress.parse(network).prefix(length)),
          );
        for (const { what, address } of all) {
          const name = String(address);
          const takes = own.has(name) || inPrefix(address);
          if (what === 'add') {
            expect(host.addAddress(address)).toBe(!own.has(name));
            own.add(name);
          } else if (what === 'remove') {
            expect(host.removeAddress(address)).toBe(own.delete(name));
          } else if (what === 'ask') {
            const locality = inPrefix(address) ? 'prefix' : 'foreign';
            const isLoopback = /^(?:127\.|::1$)/.test(name);
            expect(host.localityOf(address)).toBe(own.has(name) ? 'own' : locality);
            expect(host.takes(address)).toBe(takes);
            expect(host.isOwn(address)).toBe(takes || isLoopback);
          } else if (address.family === 4) {
            expect(host.isLocal4(address.word3)).toBe(takes);
          } else {
            const { word0, word1, word2, word3 } = address;
            expect(host.isLocal6(word0, word1, word2, word3)).toBe(takes);
          }
          expect(host.addresses.map(String).toSorted()).toEqual([...own].toSorted());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has the addresses of its interfaces and those that its options name', () => {
    const client = { ipv4: '192.0.2.254', ipv6: '2001:db8::fe', mtu: 68 };
    const server = { ipv4: '10.0.0.254', ipv6: 'fd00::fe', mtu: 65_535 };
    const host = hostOf({ client, server, addresses: ['192.0.2.77'], mergesSegments: true });
    const all = ['192.0.2.254', '2001:db8::fe', '10.0.0.254', 'fd00::fe', '192.0.2.77'];

    expect(host.addresses.map(String).toSorted()).toEqual(all.toSorted());
    expect([host.client.mtu, host.server.mtu, host.mergesSegments]).toEqual([68, 65_535, true]);
    expect([String(host.server.ipv4), String(host.client.ipv6)]).toEqual([
      '10.0.0.254',
      '2001:db8::fe',
    ]);
    const bare = hostOf({});
    expect(bare.addresses).toEqual([]);
    expect([bare.client, bare.server, bare.mergesSegments]).toEqual([
      { mtu: 1500 },
      { mtu: 1500 },
      false,
    ]);
  });

  it.each([
    [{ client: { mtu: 67 } }, /Invalid MTU/],
    [{ server: { mtu: 65_536 } }, /Invalid MTU/],
    [{ clients: {} }, /describe a host/],
    [{ client: { ipv5: '10.0.0.1' } }, /describe an interface/],
  ])('refuses %j', (options, message) => {
    expect(() => hostOf(options as HostOptions)).toThrow(message);
  });

  it('knows the time of day in whole milliseconds, and draws identifications of 32 bits', () => {
    expect(
      [0, 1.9, 86_399_999.9, 86_400_000, 86_400_001.5].map((now) =>
        hostOf({}, now).millisecondsOfDay(),
      ),
    ).toEqual([0, 1, 86_399_999, 0, 1]);
    const host = hostOf({});
    const drawn = Array.from({ length: 200 }, () => host.nextIdentification());
    expect(Math.max(...drawn)).toBeGreaterThan(0xf000_0000);
    expect(Math.min(...drawn)).toBeLessThan(0x1000_0000);
  });

  it('gives an interface another address, and keeps the one of the other family and its MTU', () => {
    const host = hostOf({ client: { ipv4: '192.0.2.254', ipv6: '2001:db8::fe', mtu: 1400 } });
    host.assignAddress('client', IpAddress.parse('192.0.2.253'));
    host.assignAddress('server', IpAddress.parse('fd00::1'));

    expect(JSON.parse(JSON.stringify([host.client, host.server]))).toEqual([
      { ipv4: '192.0.2.253', ipv6: '2001:db8::fe', mtu: 1400 },
      { ipv6: 'fd00::1', mtu: 1500 },
    ]);
  });

  it('discovers path MTUs while pmtu_disc is on', () => {
    const tunables = new Tunables();
    const rules = kernelRules(NEWEST_KERNEL);
    const host = new DirectorHost({}, tunables.values, seededRandom(1), () => 0, rules);
    const before = host.pathMtuDiscovery;
    tunables.set('pmtu_disc', 0);

    expect([before, host.pathMtuDiscovery]).toEqual([true, false]);
  });
});

describe('the addresses of a director', () => {
  it('are its host’s, from the next packet on', () => {
    const director = new Director({ clock: new ManualClock() });
    const { addresses } = director;
    addresses.add('192.0.2.1');
    addresses.add('192.0.2.1');
    addresses.assign('client', '2001:db8::1');

    expect([...addresses].map(String)).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(
      ['192.0.2.1', '2001:db8::1', '127.0.0.1', '192.0.2.2'].map((each) => addresses.has(each)),
    ).toEqual([true, true, true, false]);
    expect([addresses.remove('192.0.2.1'), addresses.remove('192.0.2.1')]).toEqual([true, false]);
    expect(() => addresses.assign('both' as 'client', '192.0.2.9')).toThrow(/side/);
    expect(() => addresses.add('192.0.2')).toThrow(RangeError);
    expect([...addresses].map(String)).toEqual(['2001:db8::1']);
  });
});
