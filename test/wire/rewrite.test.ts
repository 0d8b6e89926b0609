import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import { describePacket, verifyChecksums } from '../../src/wire/describe-packet.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { Packet } from '../../src/wire/packet.js';
import {
  decrementTimeToLive,
  rewriteDestination,
  rewriteDestinationPort,
  rewriteSource,
  rewriteSourcePort,
  rewriteTimeToLive,
} from '../../src/wire/rewrite.js';
import { guarded, guardsIntact, packets, portTransports } from './support/packets.js';

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const addresses = fc.tuple(word, word, word, word);

const address = (family: 4 | 6, words: [number, number, number, number]): IpAddress =>
  family === 4 ? IpAddress.fromIpv4(words[3]) : IpAddress.fromIpv6(...words);

test('rewriting gives the very bytes that encoding the changed description gives', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(
      packets(portTransports()),
      addresses,
      addresses,
      fc.nat(65535),
      fc.nat(65535),
      fc.nat(255),
      (description, source, destination, sourcePort, destinationPort, timeToLive) => {
        const bytes = encodePacket(description);
        const buffer = guarded(bytes);
        packet.parse(buffer, 64, bytes.length);
        rewriteSource(packet, address(packet.family, source));
        rewriteDestination(packet, address(packet.family, destination));
        rewriteSourcePort(packet, sourcePort);
        rewriteDestinationPort(packet, destinationPort);
        rewriteTimeToLive(packet, timeToLive);
        const changed = encodePacket({
          ...description,
          source: address(packet.family, source),
          destination: address(packet.family, destination),
          timeToLive,
          transport: { ...description.transport, sourcePort, destinationPort } as never,
        });
        expect(buffer.subarray(64, 64 + bytes.length)).toEqual(changed);
        expect(guardsIntact(buffer, 64, 64 + bytes.length)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('any transport keeps its checksum right when an address changes', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(packets(), addresses, (description, words) => {
      packet.parse(encodePacket(description));
      rewriteSource(packet, address(packet.family, words));
      expect(verifyChecksums(packet)).toBe(true);
    }),
  );
});

test('lowering the TTL is the same as writing one less', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(packets(), fc.integer({ min: 1, max: 255 }), (description, timeToLive) => {
      packet.parse(encodePacket({ ...description, timeToLive }));
      decrementTimeToLive(packet);
      expect(packet.bytes).toEqual(encodePacket({ ...description, timeToLive: timeToLive - 1 }));
    }),
  );
});

test('a UDP packet without checksum stays without', () => {
  const packet = new Packet();
  const bytes = encodePacket({
    source: '10.0.0.1',
    destination: '10.0.0.2',
    transport: { type: 'udp', sourcePort: 1, destinationPort: 2 },
  });
  bytes.fill(0, 26, 28);
  packet.parse(bytes);
  rewriteDestinationPort(packet, 99);

  expect([...bytes.subarray(20)]).toEqual([0, 1, 0, 99, 0, 8, 0, 0]);
});

test('a wrong TCP checksum stays wrong by the same amount', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(packets(portTransports()), addresses, (description, words) => {
      if (description.transport.type !== 'tcp') return;
      const right = encodePacket(description);
      packet.parse(right);
      const at = packet.transportOffset + 16;
      const wrong = right.slice();
      wrong[at] ^= 0x10;
      for (const bytes of [right, wrong]) {
        packet.parse(bytes);
        rewriteDestination(packet, address(packet.family, words));
      }
      const read = (bytes: Uint8Array): number => (bytes[at] << 8) | bytes[at + 1];
      const before = (right[at] ^ wrong[at]) === 0x10;
      const distance = Math.abs(read(right) - read(wrong));
      // One's complement numbers go round at 65535.
      expect(before || distance === 0x1000 || distance === 0xffff - 0x1000).toBe(true);
    }),
  );
});

test('a later fragment gets a new address and no other change', () => {
  const packet = new Packet();
  const plan = {
    source: '10.0.0.1',
    destination: '10.0.0.2',
    fragmentOffset: 8,
    transport: { type: 'raw', protocol: 17 },
    payload: new Uint8Array(24).fill(7),
  } as const;
  packet.parse(encodePacket(plan));
  rewriteDestination(packet, IpAddress.fromIpv4(0x0a000009));

  expect(packet.bytes).toEqual(encodePacket({ ...plan, destination: '10.0.0.9' }));
  expect(describePacket(packet).fragmentOffset).toBe(8);
});
