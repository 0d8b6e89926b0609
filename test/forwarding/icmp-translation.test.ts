import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ForwardingOutput,
  gatewaying,
  hasRightIcmpChecksum,
  isIcmp,
  masquerading,
  quotesConnection,
  readIcmpError,
  readTunnelQuote,
  relayTunnelError,
  PathMtu,
} from '../../src/forwarding/index.js';
import { IpAddress } from '../../src/ip-address.js';
import {
  encodePacket,
  Packet,
  type PacketDescription,
  verifyChecksums,
} from '../../src/wire/index.js';
import { packets, portTransports } from '../wire/support/packets.js';
import { familyOf, host, likeAddress, targetOf } from './support/host.js';

const nat = masquerading(host());

/** An ICMP error about a packet, from somebody on the way. */
function errorAbout(quoted: Uint8Array, more: Partial<PacketDescription> = {}): PacketDescription {
  const isIpv4 = quoted[0] >>> 4 === 4;
  return {
    source: isIpv4 ? '203.0.113.9' : '2001:db8:9::9',
    destination: isIpv4 ? '192.0.2.1' : '2001:db8:1::1',
    transport: { type: 'icmp', icmpType: isIpv4 ? 3 : 1, code: 3 },
    payload: quoted,
    ...more,
  };
}

const quotes = fc
  .tuple(packets(portTransports()), fc.nat(65535))
  .chain(([packet, serverPort]) =>
    likeAddress(familyOf(packet)).map((server) => ({ packet, server, serverPort })),
  );

test('an error through NAT to the client quotes what the client sent', () => {
  const [packet, quote, output] = [new Packet(), new Packet(), new ForwardingOutput()];
  fc.assert(
    fc.property(quotes, fc.nat(40), ({ packet: sent, server, serverPort }, cut) => {
      const { destinationPort } = sent.transport as { destinationPort: number };
      const virtual = IpAddress.from(sent.destination);
      const original = encodePacket(sent);
      const translated = encodePacket({
        ...sent,
        destination: server,
        transport: { ...sent.transport, destinationPort: serverPort } as never,
      });
      packet.parse(translated);
      const length = Math.max(packet.headerLength + 4, translated.length - cut);
      const message = encodePacket(errorAbout(translated.slice(0, length)));
      packet.parse(message);
      expect(readIcmpError(packet, quote)).toBe('error');
      const target = targetOf(server, serverPort, virtual, destinationPort);
      expect(nat.respondError(packet, quote, target, output)).toBe('forward');
      expect(verifyChecksums(packet)).toBe(true);
      expect(IpAddress.fromBytes(packet.family, message, packet.sourceOffset).equals(virtual)).toBe(
        true,
      );
      expect(message.slice(-length).slice(0, quote.headerLength + 4)).toEqual(
        original.slice(0, quote.headerLength + 4),
      );
    }),
    { numRuns: 300 },
  );
});

test('an error through NAT to the server quotes what the server sent', () => {
  const [packet, quote, output] = [new Packet(), new Packet(), new ForwardingOutput()];
  fc.assert(
    fc.property(quotes, ({ packet: sent, server, serverPort }) => {
      const { sourcePort } = sent.transport as { sourcePort: number };
      const virtual = IpAddress.from(sent.source);
      const original = encodePacket({
        ...sent,
        source: server,
        transport: { ...sent.transport, sourcePort: serverPort } as never,
      });
      const message = encodePacket(errorAbout(encodePacket(sent), { destination: virtual }));
      packet.parse(message);
      expect(readIcmpError(packet, quote)).toBe('error');
      const target = targetOf(server, serverPort, virtual, sourcePort);
      expect(nat.forwardError(packet, quote, target, output)).toBe('forward');
      expect(verifyChecksums(packet)).toBe(true);
      expect(
        IpAddress.fromBytes(packet.family, message, packet.destinationOffset).equals(server),
      ).toBe(true);
      expect(message.slice(quote.offset).slice(0, quote.headerLength + 4)).toEqual(
        original.slice(0, quote.headerLength + 4),
      );
    }),
    { numRuns: 300 },
  );
});

test.each([
  [4, '192.0.2.1', '198.51.100.7', 'forward'],
  [6, '2001:db8:1::1', '2001:db8::7', 'drop'],
] as const)(
  'an IPv%i error that is too long for the way to the server',
  (_, from, to, expected) => {
    const [packet, quote, output] = [new Packet(), new Packet(), new ForwardingOutput()];
    const transport = { type: 'udp', sourcePort: 53, destinationPort: 4000 } as const;
    const payload = new Uint8Array(1400);
    const quoted = encodePacket({ source: from, destination: to, transport, payload });
    const message = encodePacket(errorAbout(quoted));
    const before = message.slice();
    packet.parse(message);
    readIcmpError(packet, quote);
    const target = targetOf(IpAddress.parse(from), 53, IpAddress.parse(from), 53);
    const narrow = masquerading(host({ serverMtu: 1400 }));

    expect(narrow.forwardError(packet, quote, target, output)).toBe(expected);
    if (expected === 'drop') expect(message).toEqual(before);
  },
);

test('an error with a wrong ICMP checksum is dropped as it is', () => {
  const [packet, quote, output] = [new Packet(), new Packet(), new ForwardingOutput()];
  fc.assert(
    fc.property(packets(portTransports()), (sent) => {
      const message = encodePacket(errorAbout(encodePacket(sent)));
      packet.parse(message);
      const at = packet.transportOffset + 2;
      message[at] = message[at] ^ 0x40;
      const before = message.slice();
      expect(hasRightIcmpChecksum(packet)).toBe(false);
      readIcmpError(packet, quote);
      const target = targetOf(IpAddress.from(sent.source), 1, IpAddress.from(sent.source), 1);
      expect(nat.respondError(packet, quote, target, output)).toBe('drop');
      expect(nat.forwardError(packet, quote, target, output)).toBe('drop');
      expect(output.reason).toBe('icmp-checksum-wrong');
      expect(message).toEqual(before);
    }),
  );
});

test('direct routing sends an error on as it is and translates none', () => {
  const [packet, quote, output] = [new Packet(), new Packet(), new ForwardingOutput()];
  const sent = encodePacket({
    source: '192.0.2.1',
    destination: '198.51.100.7',
    transport: { type: 'tcp', sourcePort: 80, destinationPort: 4000 },
  });
  const plan = errorAbout(sent);
  const message = encodePacket(plan);
  packet.parse(message);
  readIcmpError(packet, quote);
  const target = targetOf(IpAddress.parse('10.0.0.7'), 80, IpAddress.parse('192.0.2.1'), 80);

  expect(gatewaying(host()).respondError(packet, quote, target, output)).toBe('accept');
  expect(gatewaying(host()).forwardError(packet, quote, target, output)).toBe('forward');
  expect(message).toEqual(encodePacket({ ...plan, timeToLive: 63 }));
});

const tcp = encodePacket({
  source: '192.0.2.1',
  destination: '198.51.100.7',
  transport: { type: 'tcp', sourcePort: 80, destinationPort: 4000 },
});

test.each([
  ['not-error', errorAbout(tcp, { transport: { type: 'icmp', icmpType: 8 } })],
  ['not-error', errorAbout(tcp, { transport: { type: 'icmp', icmpType: 5 } })],
  ['not-error', errorAbout(tcp, { transport: { type: 'icmp', icmpType: 12 } })],
  ['quote-unusable', errorAbout(tcp.slice(0, 23))],
  ['quote-unusable', errorAbout(tcp.slice(0, 19))],
  ['quote-unusable', errorAbout(Uint8Array.from([0x65, ...tcp.slice(1)]))],
  ['error', errorAbout(tcp.slice(0, 24))],
  ['error', errorAbout(tcp, { transport: { type: 'icmp', icmpType: 4 } })],
  ['error', errorAbout(tcp, { transport: { type: 'icmp', icmpType: 11 } })],
] as const)('a message that is %s', (expected, plan) => {
  const [packet, quote] = [new Packet(), new Packet()];
  packet.parse(encodePacket(plan));

  expect(isIcmp(packet)).toBe(true);
  expect(readIcmpError(packet, quote)).toBe(expected);
});

test('a quote of a later fragment tells no connection, nor does one of another protocol', () => {
  const [packet, quote] = [new Packet(), new Packet()];
  const transport = { type: 'raw', protocol: 47 } as const;
  const plan = { source: '192.0.2.1', destination: '198.51.100.7', transport } as const;
  const payload = new Uint8Array(8);
  packet.parse(encodePacket(errorAbout(encodePacket({ ...plan, payload, fragmentOffset: 8 }))));
  expect(readIcmpError(packet, quote)).toBe('quote-unusable');
  packet.parse(encodePacket(errorAbout(encodePacket({ ...plan, payload }))));
  expect(readIcmpError(packet, quote)).toBe('error');
  expect(quotesConnection(quote)).toBe(false);
});

test('less than 8 bytes of ICMP are truncated', () => {
  const [packet, quote] = [new Packet(), new Packet()];
  const transport = { type: 'raw', protocol: 1 } as const;
  const payload = Uint8Array.of(3, 3, 0, 0, 0, 0, 0);
  packet.parse(
    encodePacket({ source: '192.0.2.1', destination: '198.51.100.7', transport, payload }),
  );

  expect(readIcmpError(packet, quote)).toBe('truncated');
});

const isServer = (address: number): boolean => address === 0x0a000007;

test.each([
  [1300, true, 'reply', 1480],
  [1300, false, 'drop', 0],
])('a tunnel error with MTU %i about an inner DF %s: %s', (mtu, dontFragment, result, told) => {
  const [packet, quote, inner, output] = [
    new Packet(),
    new Packet(),
    new Packet(),
    new ForwardingOutput(),
  ];
  const client = encodePacket({
    source: '198.51.100.7',
    destination: '192.0.2.1',
    dontFragment,
    transport: { type: 'udp', sourcePort: 4000, destinationPort: 53 },
  });
  const outer = encodePacket({
    source: '10.0.0.1',
    destination: '10.0.0.7',
    transport: { type: 'raw', protocol: 4 },
    payload: client,
  });
  const transport = { type: 'icmp', icmpType: 3, code: 4, secondWord: mtu } as const;
  packet.parse(encodePacket(errorAbout(outer, { destination: '10.0.0.1', transport })));
  readIcmpError(packet, quote);
  const target = targetOf(IpAddress.parse('10.0.0.7'), 53, IpAddress.parse('192.0.2.1'), 53);
  target.path = new PathMtu(1500);

  expect(readTunnelQuote(quote, () => false, inner)).toBe('accept');
  expect(readTunnelQuote(quote, isServer, inner)).toBe('tunnel');
  expect(relayTunnelError(host(), packet, quote, inner, target, output)).toBe(result);
  expect(target.path.use()).toBe(mtu);
  if (result === 'drop') return;
  const relayed = new Packet();
  relayed.parse(output.bytes, output.offset, output.length);
  expect(verifyChecksums(relayed)).toBe(true);
  expect(output.bytes.slice(relayed.transportOffset + 8, relayed.end)).toEqual(client);
  expect(relayed.view.getUint32(relayed.transportOffset + 4)).toBe(told);
});
