import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { Packet } from '../../src/wire/packet.js';
import { ipv4Packets, ipv6Packets, nearlyPackets, packets } from './support/packets.js';

const example = encodePacket({
  source: '198.51.100.7',
  destination: '192.0.2.1',
  transport: { type: 'udp', sourcePort: 5353, destinationPort: 53 },
});

const patched = (at: number, value: number): Uint8Array => {
  const bytes = example.slice();
  bytes[at] = value;
  return bytes;
};

test.each([
  ['ip-header-truncated', new Uint8Array(0)],
  ['ip-header-truncated', example.slice(0, 19)],
  ['ip-header-truncated', new Uint8Array(39).fill(0x60)],
  ['ip-version-unknown', patched(0, 0x55)],
  ['ip-header-length-invalid', patched(0, 0x44)],
  ['ip-header-length-invalid', patched(0, 0x4f)],
  ['ip-length-invalid', patched(3, 19)],
  ['ip-length-invalid', patched(3, 29)],
  ['ip-checksum-wrong', patched(8, 1)],
])('parsing tells %s', (fault, bytes) => {
  expect(new Packet().parse(bytes)).toBe(fault);
});

test('any bytes parse or give a reason, and never throw', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(fc.oneof(nearlyPackets(), fc.uint8Array({ maxLength: 80 })), (bytes) => {
      for (const result of [packet.parse(bytes), packet.parseFrame(bytes)])
        if (result === 'ok') expect(packet.end).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 1000 },
  );
});

test('what parsing says does not depend on the bytes around the packet', () => {
  const [near, far] = [new Packet(), new Packet()];
  fc.assert(
    fc.property(nearlyPackets(), fc.nat(255), (bytes, poison) => {
      const buffer = new Uint8Array(bytes.length + 40).fill(poison);
      buffer.set(bytes, 20);
      const result = near.parse(bytes);
      expect(far.parse(buffer, 20, bytes.length)).toBe(result);
      if (result !== 'ok') return;
      expect(far.transportOffset - 20).toBe(near.transportOffset);
      expect([far.protocol, far.length]).toEqual([near.protocol, near.length]);
    }),
    { numRuns: 500 },
  );
});

test('IPv4 with a damaged header is refused', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(ipv4Packets(), fc.nat(19), fc.integer({ min: 1, max: 254 }), (plan, at, flip) => {
      const bytes = encodePacket(plan);
      bytes[at] ^= flip;
      // Some of what calls itself IPv6 then is one.
      fc.pre(bytes[0] >>> 4 !== 6);
      expect(packet.parse(bytes)).not.toBe('ok');
    }),
  );
});

test('Ethernet padding is not part of the packet', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(packets(), fc.uint8Array({ maxLength: 40 }), (description, padding) => {
      const bytes = encodePacket(description, 14);
      bytes[12] = bytes[14] >>> 4 === 4 ? 0x08 : 0x86;
      bytes[13] = bytes[14] >>> 4 === 4 ? 0x00 : 0xdd;
      expect(packet.parseFrame(new Uint8Array([...bytes, ...padding]))).toBe('ok');
      expect([packet.offset, packet.end]).toEqual([14, bytes.length]);
    }),
  );
});

test('VLAN tags are passed over', () => {
  const packet = new Packet();
  const tags = [0x88, 0xa8, 0, 5, 0x81, 0, 0, 7, 0x08, 0];
  const frame = new Uint8Array([...new Uint8Array(12), ...tags, ...example]);

  expect(packet.parseFrame(frame)).toBe('ok');
  expect(packet.offset).toBe(22);
  expect(packet.destinationPort).toBe(53);
});

test('a frame of another kind is not IP', () => {
  const frame = new Uint8Array(60);
  frame[12] = 0x08;
  frame[13] = 0x06;

  expect(new Packet().parseFrame(frame)).toBe('not-ip');
  expect(new Packet().parseFrame(frame.subarray(0, 13))).toBe('ethernet-header-truncated');
});

test('an IPv6 extension header that leaves the packet is a fault', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(ipv6Packets(), fc.nat(7), (description, room) => {
      const bytes = encodePacket({ ...description, extensions: [] }).slice(0, 40 + room);
      bytes[4] = 0;
      bytes[5] = bytes.length - 40;
      bytes[6] = 60;
      expect(packet.parse(bytes)).toBe('extension-header-truncated');
    }),
  );
});

test('behind the header of a later IPv6 fragment nothing is taken for a header', () => {
  const packet = new Packet();
  const fragment = Uint8Array.of(60, 0, 0x01, 0x09, 0, 0, 0, 9);
  const bytes = encodePacket({
    source: '2001:db8::1',
    destination: '2001:db8::2',
    extensions: [{ protocol: 44, bytes: fragment }],
    transport: { type: 'raw', protocol: 60 },
    payload: Uint8Array.of(1, 2, 3),
  });

  expect(packet.parse(bytes)).toBe('ok');
  expect([packet.fragmentOffset, packet.moreFragments, packet.protocol]).toEqual([264, true, 60]);
  expect(packet.identification).toBe(9);
  expect(packet.hasPorts).toBe(false);
});

test('bounds outside the bytes are the mistake of the caller', () => {
  expect(() => new Packet().parse(example, 0, example.length + 1)).toThrow(RangeError);
  expect(() => new Packet().parse(example, -1, 4)).toThrow(RangeError);
});
