import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ForwardingOutput, PathMtu, tunneling } from '../../src/forwarding/index.js';
import { IpAddress } from '../../src/ip-address.js';
import type { Tunnel } from '../../src/model/forwarding-method.js';
import {
  checksum,
  encodePacket,
  Packet,
  type PacketDescription,
  readUint16,
  verifyChecksums,
} from '../../src/wire/index.js';
import { greHeaderLength } from '../../src/wire/gre-flags.js';
import { GUARD, guardsIntact, ipv4, ipv6, packets } from '../wire/support/packets.js';
import { familyOf, host, lasting, targetOf, tunnels } from './support/host.js';

const virtual = IpAddress.parse('192.0.2.1');
const addresses = fc.oneof(ipv4(), ipv6());

const flows = fc
  .tuple(packets(), lasting())
  .map(([packet, timeToLive]) => plain(packet, timeToLive));

/** The packet without IPv4 options, which the host may stamp. */
function plain(packet: PacketDescription, timeToLive: number): PacketDescription {
  const fixed = { ...packet, timeToLive };
  return familyOf(packet) === 4 ? { ...fixed, options: new Uint8Array(0) } : fixed;
}

interface Sent {
  readonly outer: Packet;
  readonly output: ForwardingOutput;
}

/** Sends a packet from the middle of a poisoned buffer into a tunnel. */
function send(
  packet: PacketDescription,
  server: IpAddress,
  tunnel: Partial<Tunnel>,
  headroom = 0,
): Sent {
  const bytes = encodePacket(packet);
  const buffer = new Uint8Array(bytes.length + 200).fill(GUARD);
  buffer.set(bytes, 100);
  const parsed = new Packet();
  parsed.parse(buffer, 100, bytes.length);
  const output = new ForwardingOutput({ headroom });
  const target = targetOf(server, 1, virtual, 1, tunnel);
  expect(tunneling(host()).forward(parsed, target, output)).toBe('forward');
  expect(guardsIntact(buffer, 100 - headroom, 100 + bytes.length)).toBe(true);
  const outer = new Packet();
  expect(outer.parse(output.bytes, output.offset, output.length)).toBe('ok');
  return { outer, output };
}

function innerOf(outer: Packet, tunnel: Partial<Tunnel>): Uint8Array {
  const { bytes, transportOffset, end } = outer;
  if (tunnel.type === 'gre') {
    const flags = readUint16(bytes, transportOffset);
    return bytes.slice(transportOffset + greHeaderLength(flags), end);
  }
  if (tunnel.type === 'gue') {
    const optionsLength = (bytes[transportOffset + 8] & 0x1f) * 4;
    return bytes.slice(transportOffset + 12 + optionsLength, end);
  }
  return bytes.slice(transportOffset, end);
}

test('what comes out of any tunnel is what went in, with a TTL one lower', () => {
  fc.assert(
    fc.property(flows, addresses, tunnels(), fc.boolean(), (packet, server, tunnel, inPlace) => {
      const { outer } = send(packet, server, tunnel, inPlace ? 80 : 0);
      const timeToLive = (packet.timeToLive as number) - 1;
      expect(innerOf(outer, tunnel)).toEqual(encodePacket({ ...packet, timeToLive }));
    }),
    { numRuns: 400 },
  );
});

test('a tunnel packet goes from the director to the server with the TTL of what is inside', () => {
  fc.assert(
    fc.property(flows, addresses, tunnels(), (packet, server, tunnel) => {
      const { outer } = send(packet, server, tunnel);
      const at = (offset: number): IpAddress =>
        IpAddress.fromBytes(outer.family, outer.bytes, offset);
      expect(at(outer.destinationOffset).equals(server)).toBe(true);
      const own = server.family === 4 ? '10.0.0.1' : 'fd00:10::1';
      expect(at(outer.sourceOffset).toString()).toBe(own);
      expect(outer.timeToLive).toBe((packet.timeToLive as number) - 1);
      expect(verifyChecksums(outer) || tunnel.checksum === undefined).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('DSCP and ECN are copied outside, but "congestion experienced" becomes "capable"', () => {
  fc.assert(
    fc.property(flows, addresses, (packet, server) => {
      const tos = packet.typeOfService as number;
      const { outer } = send(packet, server, {});
      expect(outer.typeOfService).toBe((tos & 3) === 3 ? tos - 1 : tos);
    }),
  );
});

test('outer IPv4 has DF and identification 0 just when the packet inside is IPv4 with DF', () => {
  fc.assert(
    fc.property(flows, ipv4(), (packet, server) => {
      const { outer } = send(packet, server, {});
      const expected = familyOf(packet) === 4 && packet.dontFragment === true;
      expect(outer.dontFragment).toBe(expected);
      expect(outer.identification === 0).toBe(expected);
    }),
  );
});

test('the UDP checksum of GUE is there with csum and remcsum, and right; else it is 0', () => {
  fc.assert(
    fc.property(flows, addresses, (packet, server) => {
      for (const kind of ['nocsum', 'csum', 'remcsum'] as const) {
        const { outer } = send(packet, server, { type: 'gue', port: 6080, checksum: kind });
        const present = readUint16(outer.bytes, outer.transportOffset + 6) !== 0;
        expect(present).toBe(kind !== 'nocsum');
        if (present) expect(verifyChecksums(outer)).toBe(true);
        expect(outer.destinationPort).toBe(6080);
        expect(outer.sourcePort).toBeGreaterThanOrEqual(32768);
        expect(outer.sourcePort).toBeLessThanOrEqual(60999);
      }
    }),
  );
});

test('the checksum of GRE covers header and packet', () => {
  fc.assert(
    fc.property(flows, addresses, (packet, server) => {
      const { outer } = send(packet, server, { type: 'gre', checksum: 'csum' });
      expect(checksum(outer.bytes, outer.transportOffset, outer.transportLength)).toBe(0);
    }),
  );
});

test('all packets of a flow have one GUE source port, whatever they carry', () => {
  fc.assert(
    fc.property(flows, addresses, fc.uint8Array({ maxLength: 60 }), (packet, server, payload) => {
      if (packet.transport.type === 'raw') return;
      const tunnel = { type: 'gue', port: 6080 } as const;
      const { outer } = send(packet, server, tunnel);
      const other = send({ ...packet, payload, timeToLive: 9, typeOfService: 5 }, server, tunnel);
      expect(other.outer.sourcePort).toBe(outer.sourcePort);
    }),
  );
});

test('a tunnel that leaves less than an IP packet needs drops everything in silence', () => {
  const transport = { type: 'udp', sourcePort: 1, destinationPort: 2 } as const;
  const bytes = encodePacket({ source: '198.51.100.7', destination: '192.0.2.1', transport });
  for (const [server, mtu, result] of [
    ['10.0.0.7', 87, 'drop'],
    ['10.0.0.7', 88, 'forward'],
    ['fd00:10::7', 1319, 'drop'],
    ['fd00:10::7', 1320, 'forward'],
  ] as const) {
    const packet = new Packet();
    packet.parse(bytes.slice());
    const target = targetOf(IpAddress.parse(server), 1, virtual, 1);
    const forwarder = tunneling(host({ serverMtu: mtu }));
    expect(forwarder.forward(packet, target, new ForwardingOutput())).toBe(result);
  }
});

test('an output buffer that is too small is a reason, and the packet stays as it was', () => {
  const transport = { type: 'udp', sourcePort: 1, destinationPort: 2 } as const;
  const bytes = encodePacket({ source: '198.51.100.7', destination: '192.0.2.1', transport });
  const before = bytes.slice();
  const packet = new Packet();
  packet.parse(bytes);
  const output = new ForwardingOutput({ buffer: new Uint8Array(79) });
  const target = targetOf(IpAddress.parse('10.0.0.7'), 1, virtual, 1);

  expect(tunneling(host()).forward(packet, target, output)).toBe('drop');
  expect(output.reason).toBe('no-room');
  expect(bytes).toEqual(before);
});

test('the way to a server remembers what errors about its tunnel taught', () => {
  const path = new PathMtu(1500);
  path.learn(1300);
  expect([path.relayedMtu, path.relayedMtu]).toEqual([1500, 1500]);
  path.learn(1300);
  expect(path.relayedMtu).toBe(1500);
  expect(path.use()).toBe(1300);
  expect(path.relayedMtu).toBe(1300);
  path.learn(100);
  expect(path.relayedMtu).toBe(552);
  path.learn(0);
  path.learn(560);
  expect([path.relayedMtu, path.use()]).toEqual([552, 552]);
  path.reset();
  expect(path.use()).toBe(1500);
});

test('a path MTU never rises, and freezes at 552', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2000), { maxLength: 20 }), (reports) => {
      const path = new PathMtu(1500);
      let expected = 1500;
      for (const report of reports) {
        const before = path.use();
        path.learn(report);
        if (expected > 552) expected = Math.min(expected, Math.max(report, 552));
        expect(path.use()).toBe(expected);
        expect(path.use()).toBeLessThanOrEqual(before);
      }
    }),
  );
});
