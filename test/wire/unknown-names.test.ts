/** A misspelled name in the description of a packet would be a field with its default. */
import { expect, test } from 'vitest';
import { encodePacket, type PacketDescription } from '../../src/wire/index.js';

const packet: PacketDescription = {
  source: '198.51.100.7',
  destination: '192.0.2.1',
  transport: { type: 'tcp', sourcePort: 1, destinationPort: 80 },
};

test.each<[string, object, string]>([
  ['a packet', { timetolive: 5 }, 'encode a packet: expected options source, '],
  [
    'its transport',
    { transport: { ...packet.transport, flag: 2 } },
    'packet of type tcp: expected options type, ',
  ],
  [
    'another transport',
    { transport: { type: 'udp', sourcePort: 1, destinationPort: 2, flags: 2 } },
    'type udp: ',
  ],
])('%s with an unknown name is refused', (_, change, message) => {
  expect(() => encodePacket({ ...packet, ...change })).toThrow(TypeError);
  expect(() => encodePacket({ ...packet, ...change })).toThrow(message);
});

test('a transport of an unknown type is refused', () => {
  const transport = { type: 'dccp', protocol: 33 } as never;
  expect(() => encodePacket({ ...packet, transport })).toThrow('tcp, udp, sctp, icmp, raw');
});
