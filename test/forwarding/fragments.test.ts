import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ForwardingOutput,
  Fragmenter,
  gatewaying,
  needsAssembly,
  Reassembler,
  tunneling,
} from '../../src/forwarding/index.js';
import { IpAddress } from '../../src/ip-address.js';
import { encodePacket, Packet, type PacketDescription } from '../../src/wire/index.js';
import { ipv4Packets, packets, portTransports } from '../wire/support/packets.js';
import { familyOf, host, targetOf } from './support/host.js';

const environment = host();

/** Cuts a packet by size and returns the pieces as arrays of their own. */
function cut(bytes: Uint8Array, fragmentLimit: number, repeatedLength = 40): Uint8Array[] {
  const packet = new Packet();
  expect(packet.parse(bytes)).toBe('ok');
  const output = new ForwardingOutput();
  output.emit(packet, 'server', 'routed');
  output.fragmentLimit = fragmentLimit;
  output.repeatedLength = repeatedLength;
  return piecesOf(output);
}

function piecesOf(output: ForwardingOutput): Uint8Array[] {
  const fragmenter = new Fragmenter(environment);
  fragmenter.begin(output);
  const pieces: Uint8Array[] = [];
  while (fragmenter.next()) {
    const { bytes, offset, length } = fragmenter;
    pieces.push(bytes.slice(offset, offset + length));
  }
  return pieces;
}

function join(reassembler: Reassembler, pieces: readonly Uint8Array[], nowMs = 0): string[] {
  const packet = new Packet();
  return pieces.map((piece) => {
    expect(packet.parse(piece)).toBe('ok');
    return reassembler.add(packet, nowMs);
  });
}

const assembled = (reassembler: Reassembler): Uint8Array => {
  const { bytes, offset, end } = reassembler.packet;
  return bytes.slice(offset, end);
};

const long = fc
  .tuple(packets(portTransports()), fc.uint8Array({ minLength: 200, maxLength: 900 }))
  .map(([packet, payload]) => uncut(packet, payload));

/** The packet without anything that forbids or complicates cutting it. */
function uncut(packet: PacketDescription, payload: Uint8Array): PacketDescription {
  return familyOf(packet) === 4
    ? { ...packet, payload, dontFragment: false, options: new Uint8Array(0) }
    : { ...packet, payload, extensions: [] };
}

test('what is cut and put together again, in any order, is the same packet', () => {
  fc.assert(
    fc.property(
      long,
      fc.integer({ min: 100, max: 400 }),
      fc.infiniteStream(fc.nat(1000)),
      (packet, limit, noise) => {
        const bytes = encodePacket(packet);
        const pieces = cut(bytes, limit);
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(limit);
        const order = pieces
          .map((piece) => ({ piece, rank: noise.next().value as number }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ piece }) => piece);
        const reassembler = new Reassembler();
        const results = join(reassembler, order);
        expect(results.at(-1)).toBe(pieces.length === 1 ? 'whole' : 'assembled');
        if (pieces.length === 1) return;
        expect(new Set(results.slice(0, -1))).toEqual(new Set(['waiting']));
        expect(assembled(reassembler)).toEqual(bytes);
        expect(reassembler.packet.trace?.count).toBe(pieces.length);
        expect(reassembler.bytesWaiting).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});

test('pieces of 28 and 84 bytes leave as 84 and 28', () => {
  const payload = new Uint8Array(64);
  const transport = { type: 'udp', sourcePort: 1, destinationPort: 53 } as const;
  const whole = encodePacket({
    source: '198.51.100.7',
    destination: '192.0.2.1',
    transport,
    payload,
  });
  const raw = {
    source: '198.51.100.7',
    destination: '192.0.2.1',
    transport: { type: 'raw', protocol: 17 },
  } as const;
  const pieces = [
    encodePacket({ ...raw, payload: whole.slice(20, 28), moreFragments: true }),
    encodePacket({ ...raw, payload: whole.slice(28), fragmentOffset: 8 }),
  ];
  const reassembler = new Reassembler();
  join(reassembler, pieces);
  const output = new ForwardingOutput();
  const target = targetOf(IpAddress.parse('10.0.0.7'), 53, IpAddress.parse('192.0.2.1'), 53);
  gatewaying(environment).forward(reassembler.packet, target, output);

  expect(piecesOf(output).map((piece) => piece.length)).toEqual([84, 28]);
});

test.each([
  ['leaves in one when that is not longer than the longest piece was', [8], [112]],
  ['is cut at the old places when it is longer', [24, 48], [64 + 8, 64 + 8, 72]],
])('IPv6 of three or fewer pieces %s', (_, starts, lengths) => {
  const transport = { type: 'udp', sourcePort: 1, destinationPort: 53 } as const;
  const ends = { source: '2001:db8::7', destination: '2001:db8::1' } as const;
  const data = encodePacket({ ...ends, transport, payload: new Uint8Array(64) }).slice(40);
  const places = [0, ...starts];
  const pieces = places.map((start, index) => {
    const end = places[index + 1] ?? data.length;
    const more = index + 1 < places.length ? 1 : 0;
    const header = Uint8Array.of(0, 0, 0, start | more, 0, 0, 0, 9);
    return encodePacket({
      ...ends,
      extensions: [{ protocol: 44, bytes: header }],
      transport: { type: 'raw', protocol: 17 },
      payload: data.slice(start, end),
    });
  });
  const reassembler = new Reassembler();
  expect(join(reassembler, pieces.toReversed()).at(-1)).toBe('assembled');
  const output = new ForwardingOutput();
  const target = targetOf(IpAddress.parse('fd00:10::7'), 53, IpAddress.parse('2001:db8::1'), 53);
  gatewaying(environment).forward(reassembler.packet, target, output);

  expect(piecesOf(output).map((piece) => piece.length)).toEqual(lengths);
});

test('a lone IPv6 fragment header is taken out', () => {
  const plan: PacketDescription = {
    source: '2001:db8::7',
    destination: '2001:db8::1',
    transport: { type: 'tcp', sourcePort: 1, destinationPort: 2 },
  };
  const lone = { protocol: 44, bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7) };
  const hop = { protocol: 0, bytes: Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0) };
  const reassembler = new Reassembler();

  expect(join(reassembler, [encodePacket({ ...plan, extensions: [hop, lone] })])).toEqual([
    'assembled',
  ]);
  expect(assembled(reassembler)).toEqual(encodePacket({ ...plan, extensions: [hop] }));
});

test('a datagram in a tunnel is encapsulated whole and cut outside to the MTU', () => {
  const narrow = host({ serverMtu: 1400 });
  const plan: PacketDescription = {
    source: '198.51.100.7',
    destination: '192.0.2.1',
    transport: { type: 'udp', sourcePort: 1, destinationPort: 53 },
    payload: new Uint8Array(1373),
  };
  const packet = new Packet();
  packet.parse(encodePacket(plan));
  const output = new ForwardingOutput();
  const target = targetOf(IpAddress.parse('10.0.0.7'), 53, IpAddress.parse('192.0.2.1'), 53);
  tunneling(narrow).forward(packet, target, output);
  const pieces = piecesOf(output);
  const reassembler = new Reassembler();

  expect(pieces.map((piece) => piece.length)).toEqual([1396, 45]);
  expect(join(reassembler, pieces)).toEqual(['waiting', 'assembled']);
  expect(assembled(reassembler).slice(20)).toEqual(encodePacket({ ...plan, timeToLive: 63 }));
});

test('IPv4 options that are not to be copied stand in the first piece only', () => {
  const options = Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 148, 4, 0, 0, 0);
  fc.assert(
    fc.property(ipv4Packets(portTransports()), (packet) => {
      const payload = new Uint8Array(200);
      const bytes = encodePacket({ ...packet, payload, options, dontFragment: false });
      const [first, second] = cut(bytes, 120);
      expect(first?.slice(20, 32)).toEqual(options);
      expect([...(second?.slice(20, 32) ?? [])]).toEqual([1, 1, 1, 1, 1, 1, 1, 148, 4, 0, 0, 0]);
    }),
  );
});

const raw = {
  source: '198.51.100.7',
  destination: '192.0.2.1',
  transport: { type: 'raw', protocol: 17 },
} as const;
const fragment = (
  fragmentOffset: number,
  payload: Uint8Array,
  moreFragments: boolean,
  identification = 1,
): Uint8Array => encodePacket({ ...raw, fragmentOffset, payload, moreFragments, identification });
const zeros = (length: number): Uint8Array => new Uint8Array(length);

test.each([
  ['overlap', [fragment(0, zeros(16), true), fragment(8, zeros(16), true)]],
  ['overlap the one behind', [fragment(8, zeros(16), true), fragment(0, zeros(16), true)]],
  ['enclose another', [fragment(8, zeros(8), true), fragment(0, zeros(32), true)]],
  ['contradict about the end', [fragment(8, zeros(8), false), fragment(24, zeros(8), false)]],
  ['go beyond the end', [fragment(8, zeros(8), false), fragment(16, zeros(8), true)]],
  ['end before another', [fragment(16, zeros(8), true), fragment(8, zeros(8), false)]],
  ['are no multiple of 8 bytes', [fragment(0, zeros(9), true)]],
])('pieces that %s spoil the datagram', (_, pieces) => {
  const reassembler = new Reassembler();

  expect(join(reassembler, pieces).at(-1)).toBe('fragment-invalid');
  expect([reassembler.bytesWaiting, reassembler.datagramsWaiting]).toEqual([0, 0]);
});

test('a piece that comes twice counts once', () => {
  const reassembler = new Reassembler();
  const first = fragment(0, zeros(8), true);

  expect(join(reassembler, [first, first, fragment(8, zeros(3), false)])).toEqual([
    'waiting',
    'waiting',
    'assembled',
  ]);
});

test('a datagram that is not complete in time is given up', () => {
  const reassembler = new Reassembler({ timeoutMs4: 1000 });
  join(reassembler, [fragment(0, zeros(8), true)], 0);

  expect(join(reassembler, [fragment(8, zeros(8), false)], 1000)).toEqual(['waiting']);
  expect(join(reassembler, [fragment(0, zeros(8), true)], 1999)).toEqual(['assembled']);
});

test('however many pieces come, no more bytes are kept than allowed', () => {
  const reassembler = new Reassembler({ maximumBytes: 65_536 });
  const packet = new Packet();
  for (let identification = 0; identification < 2000; identification++) {
    packet.parse(fragment(0, zeros(800), true, identification));
    reassembler.add(packet, identification);
    expect(reassembler.bytesWaiting).toBeLessThanOrEqual(65_536);
  }

  expect(reassembler.datagramsWaiting).toBe(Math.floor(65_536 / (800 + 128)));
});

test('a packet that is whole is given back as it is', () => {
  const packet = new Packet();
  packet.parse(encodePacket(raw));

  expect(needsAssembly(packet)).toBe(false);
  expect(new Reassembler().add(packet, 0)).toBe('whole');
});

test.each([{ maximumBytes: 1 }, { timeoutMs4: 0 }, { timeoutMs6: 1.5 }])(
  'a reassembler refuses the bounds %j',
  (options) => {
    expect(() => new Reassembler(options)).toThrow(RangeError);
  },
);
