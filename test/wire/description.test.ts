import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { describePacket, verifyChecksums } from '../../src/wire/describe-packet.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { Packet } from '../../src/wire/packet.js';
import { guarded, packets } from './support/packets.js';

test('described packet in, described packet out, from the middle of a poisoned buffer', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(packets(), (description) => {
      const bytes = encodePacket(description);
      expect(packet.parse(guarded(bytes), 64, bytes.length)).toBe('ok');
      expect(describePacket(packet)).toEqual(description);
    }),
  );
});

test('every checksum of an encoded packet is right', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(packets(), (description) => {
      packet.parse(encodePacket(description));
      expect(verifyChecksums(packet)).toBe(true);
    }),
  );
});

test('a flipped bit in the payload is noticed', () => {
  const packet = new Packet();
  const bytes = encodePacket({
    source: '10.0.0.1',
    destination: '10.0.0.2',
    transport: { type: 'tcp', sourcePort: 1, destinationPort: 2 },
    payload: Uint8Array.of(1, 2, 3),
  });
  bytes[41] ^= 4;
  packet.parse(bytes);

  expect(verifyChecksums(packet)).toBe(false);
});

test('headroom stays in front of an encoded packet', () => {
  fc.assert(
    fc.property(packets(), fc.nat(80), (description, headroom) => {
      const bytes = encodePacket(description, headroom);
      expect(bytes.subarray(headroom)).toEqual(encodePacket(description));
      expect(bytes.subarray(0, headroom)).toEqual(new Uint8Array(headroom));
    }),
  );
});

test('addresses of two families are refused', () => {
  const transport = { type: 'raw', protocol: 89 } as const;

  expect(() => encodePacket({ source: '10.0.0.1', destination: '::1', transport })).toThrow(
    RangeError,
  );
});
