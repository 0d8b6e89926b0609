import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ForwardingOutput, masquerading } from '../../src/forwarding/index.js';
import { IpAddress } from '../../src/ip-address.js';
import {
  encodePacket,
  Packet,
  type PacketDescription,
  readUint16,
  verifyChecksums,
} from '../../src/wire/index.js';
import { packets, portTransports } from '../wire/support/packets.js';
import { familyOf, host, lasting, likeAddress, targetOf } from './support/host.js';

const nat = masquerading(host());
const port = fc.nat(65535);

/** A described packet without IPv4 options (which the host may stamp), and a server for it. */
const connections = fc
  .tuple(packets(portTransports()), lasting(), port)
  .chain(([packet, timeToLive, serverPort]) =>
    likeAddress(familyOf(packet)).map((server) => ({
      packet: without(packet, timeToLive),
      server,
      serverPort,
    })),
  );

function without(packet: PacketDescription, timeToLive: number): PacketDescription {
  return familyOf(packet) === 4
    ? { ...packet, timeToLive, options: new Uint8Array(0) }
    : { ...packet, timeToLive };
}

function portsOf(packet: PacketDescription): { sourcePort: number; destinationPort: number } {
  return packet.transport as { sourcePort: number; destinationPort: number };
}

function run(bytes: Uint8Array, act: (packet: Packet, output: ForwardingOutput) => void): Packet {
  const packet = new Packet();
  expect(packet.parse(bytes)).toBe('ok');
  act(packet, new ForwardingOutput());
  return packet;
}

test('NAT to the server gives the bytes of the packet as if it had been sent to the server', () => {
  fc.assert(
    fc.property(connections, ({ packet, server, serverPort }) => {
      const virtual = IpAddress.from(packet.destination);
      const target = targetOf(server, serverPort, virtual, portsOf(packet).destinationPort);
      const bytes = encodePacket(packet);
      run(bytes, (parsed, output) => {
        expect(nat.forward(parsed, target, output)).toBe('forward');
        expect(output.reason).toBe('translated');
      });
      expect(bytes).toEqual(
        encodePacket({
          ...packet,
          destination: server,
          timeToLive: (packet.timeToLive as number) - 1,
          transport: { ...packet.transport, destinationPort: serverPort } as never,
        }),
      );
    }),
    { numRuns: 300 },
  );
});

test('NAT there and back restores what the client sent, but for the TTL', () => {
  fc.assert(
    fc.property(connections, ({ packet, server, serverPort }) => {
      const virtual = IpAddress.from(packet.destination);
      const { sourcePort, destinationPort } = portsOf(packet);
      const target = targetOf(server, serverPort, virtual, destinationPort);
      const turned = encodePacket({
        ...packet,
        source: server,
        destination: packet.source,
        transport: {
          ...packet.transport,
          sourcePort: serverPort,
          destinationPort: sourcePort,
        } as never,
      });
      run(turned, (parsed, output) => {
        expect(nat.respond(parsed, target, output)).toBe('forward');
        expect(output.side).toBe('client');
      });
      expect(turned).toEqual(
        encodePacket({
          ...packet,
          source: virtual,
          destination: packet.source,
          timeToLive: (packet.timeToLive as number) - 1,
          transport: {
            ...packet.transport,
            sourcePort: destinationPort,
            destinationPort: sourcePort,
          } as never,
        }),
      );
    }),
    { numRuns: 300 },
  );
});

test('UDP without a checksum gets the one it needs, in both families', () => {
  fc.assert(
    fc.property(connections, ({ packet, server, serverPort }) => {
      if (packet.transport.type !== 'udp') return;
      const bytes = encodePacket(packet);
      const target = targetOf(server, serverPort, IpAddress.from(packet.destination), 1);
      const parsed = run(bytes, (candidate, output) => {
        bytes.fill(0, candidate.transportOffset + 6, candidate.transportOffset + 8);
        nat.forward(candidate, target, output);
      });
      expect(readUint16(bytes, parsed.transportOffset + 6)).not.toBe(0);
      expect(verifyChecksums(parsed)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a wrong SCTP checksum becomes right when the port changes, and stays when it does not', () => {
  const plan: PacketDescription = {
    source: '198.51.100.7',
    destination: '192.0.2.1',
    transport: { type: 'sctp', sourcePort: 5000, destinationPort: 5000 },
    payload: new Uint8Array(8),
  };
  for (const [serverPort, right] of [
    [6000, true],
    [5000, false],
  ] as const) {
    const bytes = encodePacket(plan);
    bytes[28] = bytes[28] ^ 1;
    const target = targetOf(
      IpAddress.parse('10.0.0.7'),
      serverPort,
      IpAddress.parse('192.0.2.1'),
      1,
    );
    const parsed = run(bytes, (packet, output) => nat.forward(packet, target, output));
    expect(verifyChecksums(parsed)).toBe(right);
  }
});

test.each([
  ['tcp', 6, 19],
  ['udp', 17, 7],
  ['sctp', 132, 11],
])('%s with a header cut short is dropped as it is', (_, protocol, length) => {
  const transport = { type: 'raw', protocol } as const;
  const payload = new Uint8Array(length);
  const bytes = encodePacket({
    source: '198.51.100.7',
    destination: '192.0.2.1',
    transport,
    payload,
  });
  const before = bytes.slice();
  const target = targetOf(IpAddress.parse('10.0.0.7'), 1, IpAddress.parse('192.0.2.1'), 1);
  run(bytes, (packet, output) => {
    expect(nat.forward(packet, target, output)).toBe('drop');
    expect(output.reason).toBe('transport-truncated');
  });

  expect(bytes).toEqual(before);
});

test.each([50, 51])('of protocol %i only addresses are rewritten', (protocol) => {
  const plan: PacketDescription = {
    source: '198.51.100.7',
    destination: '192.0.2.1',
    transport: { type: 'raw', protocol },
    payload: Uint8Array.of(1, 2, 3, 4, 5),
  };
  const bytes = encodePacket(plan);
  const target = targetOf(IpAddress.parse('10.0.0.7'), 500, IpAddress.parse('192.0.2.1'), 500);
  run(bytes, (packet, output) => nat.forward(packet, target, output));

  expect(bytes).toEqual(encodePacket({ ...plan, destination: '10.0.0.7', timeToLive: 63 }));
});

test('an IPv4 fragment that nobody put together is refused', () => {
  const transport = { type: 'raw', protocol: 6 } as const;
  const payload = new Uint8Array(40);
  const plan = { source: '198.51.100.7', destination: '192.0.2.1', transport, payload };
  const target = targetOf(IpAddress.parse('10.0.0.7'), 80, IpAddress.parse('192.0.2.1'), 80);
  for (const place of [{ moreFragments: true }, { fragmentOffset: 8 }]) {
    run(encodePacket({ ...plan, ...place }), (packet, output) => {
      expect(nat.forward(packet, target, output)).toBe('drop');
      expect(output.reason).toBe('fragment-not-assembled');
    });
  }
});

test('record route gets the virtual address and timestamps the time of day, while there is room', () => {
  const options = Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 68, 8, 5, 0, 0, 0, 0, 0, 0);
  const plan: PacketDescription = {
    source: '198.51.100.7',
    destination: '192.0.2.1',
    options,
    transport: { type: 'udp', sourcePort: 1, destinationPort: 2 },
  };
  const target = targetOf(IpAddress.parse('10.0.0.7'), 2, IpAddress.parse('192.0.2.1'), 2);
  const bytes = encodePacket(plan);
  run(bytes, (packet, output) => nat.forward(packet, target, output));
  const first = bytes.slice(20, 36);
  run(bytes, (packet, output) => nat.forward(packet, target, output));

  expect([...first]).toEqual([7, 7, 8, 192, 0, 2, 1, 68, 8, 9, 0, 0, 0xbc, 0x61, 0x4e, 0]);
  expect(bytes.slice(20, 36)).toEqual(first);
});
