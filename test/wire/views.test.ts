import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EthernetView, writeEthernetHeader } from '../../src/wire/ethernet.js';
import { GreView } from '../../src/wire/gre.js';
import { GueView } from '../../src/wire/gue.js';
import type { HeaderView } from '../../src/wire/header-view.js';
import { IcmpView } from '../../src/wire/icmp.js';
import { Ipv4View } from '../../src/wire/ipv4.js';
import { Ipv6View } from '../../src/wire/ipv6.js';
import { MacAddress } from '../../src/wire/mac-address.js';
import { SctpView } from '../../src/wire/sctp.js';
import { TcpView } from '../../src/wire/tcp.js';
import { UdpView } from '../../src/wire/udp.js';
import { GUARD, guardsIntact } from './support/packets.js';

type Pointable = HeaderView & { at(bytes: Uint8Array, offset?: number, end?: number): boolean };

const views: Record<string, [() => Pointable, number[]]> = {
  EthernetView: [() => new EthernetView(), []],
  GreView: [() => new GreView(), [0xb0, 0, 8, 0]],
  GueView: [() => new GueView(), [0x02, 4, 0, 0]],
  IcmpView: [() => new IcmpView(), []],
  Ipv4View: [() => new Ipv4View(), [0x46, 0, 0, 30]],
  Ipv6View: [() => new Ipv6View(), [0x60, 0, 0, 0, 0, 9]],
  SctpView: [() => new SctpView(), []],
  TcpView: [() => new TcpView(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x60]],
  UdpView: [() => new UdpView(), []],
};

const accessors = (view: object): PropertyDescriptor[] =>
  Object.values(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(view)));

const setters = (view: HeaderView): ((value: number) => void)[] =>
  Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(view)))
    .filter(([name]) => name.startsWith('set'))
    .map(([, descriptor]) => descriptor.value as (value: number) => void);

test.each(Object.entries(views))('%s never writes outside its window', (_, [make, start]) => {
  fc.assert(
    fc.property(fc.nat(80), fc.nat(255), (length, value) => {
      const buffer = new Uint8Array(length + 20).fill(GUARD);
      buffer.fill(0, 10, 10 + length);
      buffer.set(start.slice(0, length), 10);
      const view = make();
      if (!view.at(buffer, 10, 10 + length)) return;
      const argument = view instanceof EthernetView ? new MacAddress(value, value) : value;
      for (const set of setters(view)) set.call(view, argument as number);
      expect(guardsIntact(buffer, 10, 10 + length)).toBe(true);
    }),
  );
});

test.each(Object.entries(views))('%s reads whatever it was pointed at', (_, [make]) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
      const view = make();
      if (!view.at(bytes)) return;
      for (const accessor of accessors(view)) expect(accessor.get?.call(view)).not.toBeNaN();
    }),
    { numRuns: 300 },
  );
});

test.each(Object.entries(views))('%s refuses a header that does not fit', (_, [make, start]) => {
  const bytes = new Uint8Array(90);
  bytes.set(start);
  const view = make();
  const least = Array.from({ length: 91 }, (_, end) => end).find((end) => view.at(bytes, 0, end));

  expect(least).toBeGreaterThan(0);
  expect(view.at(bytes, 0, (least as number) - 1)).toBe(false);
  expect(view.end).toBe(least);
  expect(view.at(bytes, 0, bytes.length + 1)).toBe(false);
});

test('a field written is the field read, and its neighbours stay', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 40, maxLength: 40 }),
      fc.nat(255),
      fc.nat(0xfffff),
      (bytes, trafficClass, flowLabel) => {
        bytes.set([0x60, 0, 0, 0, 0, 0]);
        const view = new Ipv6View();
        view.at(bytes);
        view.setTrafficClass(trafficClass);
        view.setFlowLabel(flowLabel);
        view.setHopLimit(7);
        expect([view.trafficClass, view.flowLabel, view.hopLimit]).toEqual([
          trafficClass,
          flowLabel,
          7,
        ]);
        expect(bytes[0] >>> 4).toBe(6);
      },
    ),
  );
});

test('Ethernet addresses are read as they are written', () => {
  fc.assert(
    fc.property(fc.nat(65535), fc.integer(), (high, low) => {
      const address = new MacAddress(high, low);
      const bytes = new Uint8Array(14);
      writeEthernetHeader(
        new DataView(bytes.buffer),
        0,
        address,
        MacAddress.parse('02:00:00:00:0d:01'),
        0x0800,
      );
      const view = new EthernetView();
      view.at(bytes);
      expect(view.destination).toEqual(address);
      expect(MacAddress.parse(address.toString())).toEqual(address);
      expect(view.source.toString()).toBe('02:00:00:00:0d:01');
      expect(view.etherType).toBe(0x0800);
    }),
  );
});

test.each(['', '02:00', '02:00:00:00:0d:0g', '020000000d01'])(
  'the text %j is no Ethernet address',
  (text) => {
    expect(() => MacAddress.parse(text)).toThrow(RangeError);
  },
);
