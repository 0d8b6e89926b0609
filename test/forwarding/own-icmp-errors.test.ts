/** ICMP errors of the director's own: about which packets there are any, and every byte of them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ForwardingEnvironment,
  ForwardingOutput,
  type IcmpErrorKind,
  isIcmpError,
  type Locality,
  makeIcmpError,
  type Origin,
} from '../../src/forwarding/index.js';
import { LINK_ROOM, writeIcmpError } from '../../src/forwarding/own-icmp-errors.js';
import { IpAddress } from '../../src/ip-address.js';
import {
  encodePacket,
  Packet,
  type PacketDescription,
  type TransportDescription,
} from '../../src/wire/index.js';
import { host, targetOf } from './support/host.js';

const ENDS = {
  4: { source: '198.51.100.7', destination: '192.0.2.1' },
  6: { source: '2001:db8:f::7', destination: '2001:db8::1' },
} as const;
const UDP = { type: 'udp', sourcePort: 4711, destinationPort: 80 } as const;
const FAMILIES = [4, 6] as const;

/** A packet in the middle of other bytes. */
function packetOf(plan: PacketDescription): Packet {
  const bytes = encodePacket(plan, 7);
  const packet = new Packet();
  expect(packet.parse(bytes, 7)).toBe('ok');
  return packet;
}

/** What comes of making an error about a packet. */
function made(
  packet: Packet,
  { kind = 'ttl-exceeded', mtu = 0, side = 'client', decremented = false }: Partial<Wish> = {},
  environment: ForwardingEnvironment = host(),
  output = new ForwardingOutput(),
): { action: string; output: ForwardingOutput } {
  return {
    action: makeIcmpError(environment, packet, kind, mtu, side, decremented, output),
    output,
  };
}

interface Wish {
  readonly kind: IcmpErrorKind;
  readonly mtu: number;
  readonly side: Origin;
  readonly decremented: boolean;
}

describe('whether a packet is an ICMP error', () => {
  const types = Array.from({ length: 256 }, (_, type) => type);
  const errorTypes = (family: 4 | 6, protocol: number, more = {}): number[] =>
    types.filter((type) => {
      const payload = Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0);
      const transport = { type: 'raw', protocol } as const;
      return isIcmpError(packetOf({ ...ENDS[family], transport, payload, ...more }));
    });

  it('follows from its type, where its protocol is that of the family', () => {
    expect(errorTypes(4, 1)).toEqual([3, 4, 5, 11, 12]);
    expect(errorTypes(6, 58)).toEqual(types.slice(0, 128));
    expect([errorTypes(4, 58), errorTypes(6, 1), errorTypes(4, 17)]).toEqual([[], [], []]);
  });

  it('is unknown of later fragments, and without a first byte', () => {
    expect(errorTypes(4, 1, { fragmentOffset: 8 })).toEqual([]);
    for (const [family, protocol] of [
      [4, 1],
      [6, 58],
    ] as const) {
      const transport = { type: 'raw', protocol } as const;
      // What follows the packet in its buffer would be the type of an error.
      const bytes = Uint8Array.from([...encodePacket({ ...ENDS[family], transport }), 3]);
      const packet = new Packet();
      packet.parse(bytes, 0, bytes.length - 1);
      expect(isIcmpError(packet)).toBe(false);
      packet.parse(encodePacket({ ...ENDS[family], transport, payload: Uint8Array.of(3) }));
      expect(isIcmpError(packet)).toBe(true);
    }
  });
});

describe('an error is made', () => {
  const answered = (plan: PacketDescription): boolean => made(packetOf(plan)).action === 'reply';
  const firstBytes = Array.from({ length: 256 }, (_, byte) => byte);

  it('about packets between unicast addresses of IPv4', () => {
    const sources = firstBytes.filter((byte) =>
      answered({ ...ENDS[4], source: `${byte}.0.0.1`, transport: UDP }),
    );
    const destinations = firstBytes.filter((byte) =>
      answered({ ...ENDS[4], destination: `${byte}.0.0.1`, transport: UDP }),
    );

    expect(sources).toEqual(firstBytes.slice(1, 224));
    expect(destinations).toEqual(firstBytes.slice(0, 224));
  });

  it('about packets between unicast addresses of IPv6', () => {
    const to = (byte: number): string => `${byte.toString(16).padStart(2, '0')}00::1`;
    const sources = firstBytes.filter((byte) =>
      answered({ ...ENDS[6], source: to(byte), transport: UDP }),
    );
    const destinations = firstBytes.filter((byte) =>
      answered({ ...ENDS[6], destination: to(byte), transport: UDP }),
    );

    expect([sources, destinations]).toEqual([firstBytes.slice(0, 255), firstBytes.slice(0, 255)]);
    expect(answered({ ...ENDS[6], source: '::', transport: UDP })).toBe(false);
    for (const source of ['1::', '0:0:1::', '::1:0:0', '::1'])
      expect(answered({ ...ENDS[6], source, transport: UDP })).toBe(true);
  });

  it.each(FAMILIES)('over IPv%i from the address that the rules name', (family) => {
    const client = family === 4 ? '192.168.100.1' : 'fd00:64::1';
    const server = family === 4 ? '10.0.0.1' : 'fd00:10::1';
    const from = (locality: Locality, side: Origin): string => {
      const { output } = made(
        packetOf({ ...ENDS[family], transport: UDP }),
        { side },
        host({ locality }),
      );
      return String(IpAddress.fromBytes(family, output.bytes, LINK_ROOM + (family === 4 ? 12 : 8)));
    };
    const { source, destination } = ENDS[family];
    const ofPrefix = family === 4 ? destination : undefined;

    for (const side of ['client', 'server', 'host'] as const)
      expect(from('own', side)).toBe(destination);
    expect(from('prefix', 'client')).toBe(ofPrefix ?? client);
    expect(from('prefix', 'server')).toBe(ofPrefix ?? server);
    expect(from('prefix', 'host')).toBe(ofPrefix ?? source);
    expect(from('foreign', 'client')).toBe(client);
    expect(from('foreign', 'server')).toBe(server);
    expect(from('foreign', 'host')).toBe(source);
  });

  it.each(FAMILIES)('over IPv%i from an address that the caller names', (family) => {
    for (const named of ['203.0.113.99', '2001:db8:1:2:3:4:5:6'].map((each) =>
      IpAddress.parse(each),
    )) {
      if (named.family !== family) continue;
      const output = new ForwardingOutput();
      const packet = packetOf({ ...ENDS[family], transport: UDP });
      const action = writeIcmpError(host(), packet, 0x0304, 1, 'client', output, named);
      const at = output.offset + (family === 4 ? 12 : 8);

      expect(action).toBe('reply');
      expect(IpAddress.fromBytes(family, output.bytes, at).equals(named)).toBe(true);
    }
  });

  it.each(FAMILIES)('over IPv%i not without an address, nor without room', (family) => {
    const packet = packetOf({ ...ENDS[family], transport: UDP });
    const nobody = { ...host(), client: { mtu: 1500 } };
    const without = made(packet, {}, nobody);
    expect([without.action, without.output.reason]).toEqual(['drop', 'no-own-address']);

    const needed = LINK_ROOM + (family === 4 ? 28 : 48) + packet.length;
    const results = [needed - 1, needed].map((length) => {
      const output = new ForwardingOutput({ buffer: new Uint8Array(length) });
      return `${made(packet, {}, host(), output).action} ${output.reason}`;
    });
    expect(results).toEqual(['drop no-room', 'reply ttl-exceeded']);
  });
});

const transports = fc.constantFrom<TransportDescription[]>(
  UDP,
  { type: 'tcp', sourcePort: 4711, destinationPort: 80 },
  { type: 'raw', protocol: 47 },
);

/** Type and code of each kind, and the second word. */
const CODES = {
  4: { 'ttl-exceeded': [11, 0], 'too-long': [3, 4], 'port-unreachable': [3, 3] },
  6: { 'ttl-exceeded': [3, 0], 'too-long': [2, 0], 'port-unreachable': [1, 4] },
} as const;

it('an error is the packet that its description makes, and nothing of the packet before remains', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FAMILIES),
      transports,
      fc.record({
        kind: fc.constantFrom('ttl-exceeded', 'too-long', 'port-unreachable'),
        side: fc.constantFrom('client', 'server', 'host'),
        decremented: fc.boolean(),
        mtu: fc.nat(65_535),
      }),
      fc.nat(255),
      fc.integer({ min: 1, max: 255 }),
      fc.oneof(fc.nat(40), fc.integer({ min: 500, max: 1300 })),
      (family, transport, wish: Wish, typeOfService, timeToLive, payloadLength) => {
        const plan = {
          ...ENDS[family],
          transport,
          typeOfService,
          timeToLive,
          payload: new Uint8Array(payloadLength).fill(0x5a),
        };
        const packet = packetOf(plan);
        const before = packet.bytes.slice();
        const output = new ForwardingOutput();
        spoil(output, packet);
        const { action } = made(packet, wish, host({ locality: 'own' }), output);
        const quoted = encodePacket({
          ...plan,
          timeToLive: wish.decremented ? timeToLive - 1 : timeToLive,
        });
        const [icmpType, code] = CODES[family][wish.kind];
        const expected = encodePacket({
          source: plan.destination,
          destination: plan.source,
          typeOfService: family === 4 ? (typeOfService & 0x1e) | 0xc0 : 0,
          timeToLive: 64,
          ...(family === 4 && { identification: 1, dontFragment: false }),
          transport: { type: 'icmp', icmpType, code, secondWord: wish.mtu },
          payload: quoted.slice(0, family === 4 ? 548 : 1232),
        });

        expect([action, output.reason]).toEqual(['reply', wish.kind]);
        expect(output.bytes.slice(output.offset, output.offset + output.length)).toEqual(expected);
        expect(packet.bytes).toEqual(before);
        const { side, offset, room, fragmentLimit, trace, gateway, routedFrom } = output;
        expect({ side, offset, room, fragmentLimit, trace, gateway, routedFrom }).toEqual({
          side: wish.side === 'server' ? 'server' : 'client',
          offset: LINK_ROOM,
          room: LINK_ROOM,
          fragmentLimit: expected.length,
          trace: undefined,
          gateway: undefined,
          routedFrom: undefined,
        });
      },
    ),
    { numRuns: 300 },
  );
});

/** Leaves what a packet before may have left: another interface, a limit, a trace, a gateway and a route. */
function spoil(output: ForwardingOutput, packet: Packet): void {
  output.emit(packet, 'server', 'routed');
  output.buffer.fill(0xee);
  output.side = 'server';
  output.fragmentLimit = 68;
  output.trace = { largest: 1, count: 2, headersLength: 20, starts: new Int32Array(2) };
  output.gateway = targetOf(IpAddress.parse('10.0.0.9'), 1, IpAddress.parse('192.0.2.1'), 1);
  output.routedFrom = IpAddress.parse('10.0.0.9');
}
