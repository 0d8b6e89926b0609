import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bypass,
  checkServerSide,
  type Forwarder,
  type ForwardingEnvironment,
  ForwardingOutput,
  gatewaying,
  makeIcmpError,
  masquerading,
  routeOn,
  tunneling,
} from '../../src/forwarding/index.js';
import { IpAddress } from '../../src/ip-address.js';
import {
  encodePacket,
  Packet,
  type PacketDescription,
  verifyChecksums,
} from '../../src/wire/index.js';
import { packets, portTransports } from '../wire/support/packets.js';
import { familyOf, host, type HostOptions, targetOf } from './support/host.js';

const methods: Record<string, (environment: ForwardingEnvironment) => Forwarder> = {
  masquerading,
  gatewaying,
  tunneling,
  bypass,
};
const server4 = IpAddress.parse('10.0.0.7');
const server6 = IpAddress.parse('fd00:10::7');

interface Done {
  readonly result: string;
  readonly output: ForwardingOutput;
  readonly bytes: Uint8Array;
  readonly before: Uint8Array;
}

function forward(method: string, plan: PacketDescription, options: HostOptions): Done {
  const bytes = encodePacket(plan);
  const before = bytes.slice();
  const packet = new Packet();
  packet.parse(bytes);
  const server = familyOf(plan) === 4 ? server4 : server6;
  const target = targetOf(server, 8080, IpAddress.from(plan.destination), 80);
  const output = new ForwardingOutput();
  const make = methods[method];
  return { result: make(host(options)).forward(packet, target, output), output, bytes, before };
}

/** What an ICMP error says. */
interface IcmpError {
  readonly error: Packet;
  /** Type and code, as one number. */
  readonly kind: number;
  readonly secondWord: number;
  readonly quoted: Uint8Array;
}

function readError(output: ForwardingOutput): IcmpError {
  const error = new Packet();
  expect(error.parse(output.bytes, output.offset, output.length)).toBe('ok');
  expect(verifyChecksums(error)).toBe(true);
  const { view, transportOffset: at } = error;
  const quoted = error.bytes.slice(at + 8, error.end);
  return { error, kind: view.getUint16(at), secondWord: view.getUint32(at + 4), quoted };
}

const plain = (family: 4 | 6, more: Partial<PacketDescription> = {}): PacketDescription => ({
  source: family === 4 ? '198.51.100.7' : '2001:db8::7',
  destination: family === 4 ? '192.0.2.1' : '2001:db8:1::1',
  dontFragment: family === 4,
  transport: { type: 'tcp', sourcePort: 4000, destinationPort: 80 },
  payload: new Uint8Array(1461),
  ...more,
});

test.each(Object.keys(methods))('%s answers a TTL of 0 or 1 and quotes it as received', (name) => {
  fc.assert(
    fc.property(packets(portTransports()), fc.nat(1), (packet, timeToLive) => {
      const plan = { ...plain(familyOf(packet)), ...packet, timeToLive };
      const unicast = {
        source: plain(familyOf(packet)).source,
        destination: plain(familyOf(packet)).destination,
      };
      const { result, output, bytes, before } = forward(name, { ...plan, ...unicast }, {});
      expect([result, output.reason, output.side]).toEqual(['reply', 'ttl-exceeded', 'client']);
      expect(bytes).toEqual(before);
      const { kind, quoted } = readError(output);
      expect(kind).toBe(familyOf(packet) === 4 ? 0x0b00 : 0x0300);
      expect(quoted).toEqual(before.slice(0, familyOf(packet) === 4 ? 548 : 1232));
    }),
  );
});

test.each([
  ['masquerading', 4, 1500, 0x0304],
  ['gatewaying', 4, 1500, 0x0304],
  ['tunneling', 4, 1480, 0x0304],
  ['masquerading', 6, 1500, 0x0200],
  ['gatewaying', 6, 1500, 0x0200],
  ['tunneling', 6, 1460, 0x0200],
] as const)('%s tells an IPv%i sender the MTU %i', (name, family, mtu, kind) => {
  const { result, output, bytes, before } = forward(name, plain(family), { serverMtu: 1500 });
  const error = readError(output);
  const lowered = encodePacket({ ...plain(family), timeToLive: 63 });

  expect([result, output.reason]).toEqual(['reply', 'too-long']);
  expect([error.kind, error.secondWord]).toEqual([kind, mtu]);
  expect(error.quoted).toEqual(lowered.slice(0, family === 4 ? 548 : 1232));
  expect(bytes).toEqual(before);
});

test('an IPv4 packet without DF goes on and is cut to the MTU', () => {
  const plan = plain(4, { dontFragment: false });
  const { result, output } = forward('gatewaying', plan, { serverMtu: 1400 });

  expect([result, output.fragmentLimit]).toEqual(['forward', 1400]);
});

test('without path MTU discovery a tunnel tells IPv4 nothing and IPv6 all the same', () => {
  const options = { serverMtu: 1500, pathMtuDiscovery: false };

  expect(forward('tunneling', plain(4), options).result).toBe('forward');
  expect(forward('tunneling', plain(6), options).result).toBe('reply');
});

test.each([
  [4, 'forward'],
  [6, 'drop'],
] as const)('an IPv%i ICMP error that is too long: %s', (family, expected) => {
  const transport = { type: 'icmp', icmpType: family === 4 ? 3 : 1 } as const;
  const { result } = forward('gatewaying', plain(family, { transport }), { serverMtu: 1400 });

  expect(result).toBe(expected);
});

test.each([
  ['an ICMP error', plain(4, { transport: { type: 'icmp', icmpType: 12 } })],
  ['an ICMPv6 error', plain(6, { transport: { type: 'icmp', icmpType: 100 } })],
  ['a later fragment', plain(4, { fragmentOffset: 8, payload: new Uint8Array(8) })],
  ['a multicast packet', plain(4, { destination: '224.0.0.9' })],
  ['a multicast IPv6 packet', plain(6, { destination: 'ff02::9' })],
  ['a broadcast packet', plain(4, { destination: '255.255.255.255' })],
  ['a packet from nobody', plain(4, { source: '0.0.0.0' })],
  ['an IPv6 packet from nobody', plain(6, { source: '::' })],
])('no ICMP error is made about %s', (_, plan) => {
  const packet = new Packet();
  packet.parse(encodePacket({ ...plan, timeToLive: 1 }));
  const output = new ForwardingOutput();

  expect(makeIcmpError(host(), packet, 'ttl-exceeded', 0, 'client', false, output)).toBe('drop');
  expect(output.reason).toBe('ttl-exceeded');
});

test.each([
  ['own', 4, '192.0.2.1'],
  ['prefix', 4, '192.0.2.1'],
  ['foreign', 4, '192.168.100.1'],
  ['own', 6, '2001:db8:1::1'],
  ['prefix', 6, 'fd00:64::1'],
  ['foreign', 6, 'fd00:64::1'],
] as const)(
  'about a packet to a %s IPv%i address the error comes from %s',
  (locality, family, from) => {
    const { output } = forward('masquerading', plain(family, { timeToLive: 1 }), { locality });
    const { error } = readError(output);

    expect(IpAddress.fromBytes(family, error.bytes, error.sourceOffset).toString()).toBe(from);
    expect(IpAddress.fromBytes(family, error.bytes, error.destinationOffset).toString()).toBe(
      plain(family).source,
    );
  },
);

test('an ICMP error has the urgency of its packet and the precedence of internetwork control', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.constantFrom(4 as const, 6 as const), (typeOfService, family) => {
      const { output } = forward('gatewaying', plain(family, { timeToLive: 1, typeOfService }), {});
      const { error } = readError(output);
      expect(error.typeOfService).toBe(family === 4 ? (typeOfService & 0x1e) | 0xc0 : 0);
      expect([error.timeToLive, error.hasOptions]).toEqual([64, false]);
    }),
  );
});

test('bypass refuses a packet that is addressed to the director itself', () => {
  for (const locality of ['own', 'prefix'] as const) {
    const { result, output, bytes, before } = forward('bypass', plain(4), { locality });
    expect([result, output.reason]).toEqual(['drop', 'destination-is-local']);
    expect(bytes).toEqual(before);
  }
});

test.each(['gatewaying', 'bypass'])(
  '%s changes TTL and header checksum and nothing else',
  (name) => {
    fc.assert(
      fc.property(packets(), fc.integer({ min: 2, max: 255 }), (packet, timeToLive) => {
        const options = familyOf(packet) === 4 ? { options: new Uint8Array(0) } : {};
        const plan = { ...packet, timeToLive, ...options };
        const { result, bytes } = forward(name, plan, {});
        expect(result).toBe('forward');
        expect(bytes).toEqual(encodePacket({ ...plan, timeToLive: timeToLive - 1 }));
      }),
    );
  },
);

test('on the server side TTL and MTU are judged before anything is touched', () => {
  for (const [plan, reason] of [
    [plain(4, { timeToLive: 1 }), 'ttl-exceeded'],
    [plain(6, { timeToLive: 0 }), 'ttl-exceeded'],
    [plain(4), 'too-long'],
    [plain(6), 'too-long'],
  ] as const) {
    const bytes = encodePacket(plan);
    const packet = new Packet();
    packet.parse(bytes);
    const output = new ForwardingOutput();
    expect(checkServerSide(host({ clientMtu: 1400 }), packet, output)).toBe('reply');
    expect([output.reason, output.side]).toEqual([reason, 'server']);
    expect(bytes).toEqual(encodePacket(plan));
    const { quoted } = readError(output);
    expect(quoted).toEqual(bytes.slice(0, quoted.length));
  }
});

test('what is passed on gets a lower TTL, and nothing is passed on that has none left', () => {
  const output = new ForwardingOutput();
  const packet = new Packet();
  const bytes = encodePacket(plain(4));
  packet.parse(bytes);

  expect(routeOn(host(), packet, 'client', output)).toBe('forward');
  expect(bytes).toEqual(encodePacket(plain(4, { timeToLive: 63 })));
  packet.parse(encodePacket(plain(4, { timeToLive: 1 })));
  expect(routeOn(host(), packet, 'client', output)).toBe('drop');
});
