import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  hasRightPlainChecksum,
  hasRightTransportChecksum,
  hasSoundLength,
} from '../../src/conntrack/checksums.js';
import { sumBytes } from '../../src/wire/checksum.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { Packet } from '../../src/wire/packet.js';

const payload = fc.uint8Array({ maxLength: 70 });
const damages = fc.tuple(fc.nat(200), fc.nat(255));

function datagram(options: { checksum?: number; length?: number; is6?: boolean }): Packet {
  const [source, destination] =
    options.is6 === true ? ['2001:db8::7', '2001:db8::1'] : ['198.51.100.7', '192.0.2.1'];
  const transport = { type: 'udp', sourcePort: 4711, destinationPort: 53 } as const;
  const bytes = encodePacket({
    source,
    destination,
    transport,
    payload: Uint8Array.of(1, 2, 3, 4),
  });
  const packet = new Packet();
  packet.parse(bytes);
  const view = new DataView(bytes.buffer);
  if (options.checksum !== undefined) view.setUint16(packet.transportOffset + 6, options.checksum);
  if (options.length !== undefined) view.setUint16(packet.transportOffset + 4, options.length);
  return packet;
}

it('the checksum of a plain segment is read by words as it is read by bytes', () => {
  fc.assert(
    fc.property(payload, damages, (data, [at, value]) => {
      const bytes = encodePacket({
        source: '198.51.100.7',
        destination: '192.0.2.1',
        transport: { type: 'tcp', sourcePort: 4711, destinationPort: 80, flags: 16 },
        payload: data,
      });
      const packet = new Packet();

      expect(packet.parse(bytes)).toBe('ok');
      bytes[20 + (at % (bytes.length - 20))] = value;
      const plain = hasRightPlainChecksum(packet.view, 20, bytes.length, sumBytes(bytes, 24, 12));
      expect(plain).toBe(hasRightTransportChecksum(packet));
    }),
  );
});

it('a datagram without checksum is right over both families', () => {
  expect(hasRightTransportChecksum(datagram({ checksum: 0 }))).toBe(true);
  expect(hasRightTransportChecksum(datagram({ checksum: 0, is6: true }))).toBe(true);
  expect(hasRightTransportChecksum(datagram({ checksum: 1, is6: true }))).toBe(false);
});

it('a datagram may be shorter than its packet, but neither longer nor shorter than its header', () => {
  expect([7, 8, 12, 13].map((length) => hasSoundLength(datagram({ length })))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
