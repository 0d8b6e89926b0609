import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ethernetHeaderLength, writeEthernetHeader } from '../../src/wire/ethernet.js';
import { MacAddress } from '../../src/wire/mac-address.js';

test('Ethernet addresses are read as they are written', () => {
  fc.assert(
    fc.property(fc.nat(65535), fc.integer(), (high, low) => {
      const address = new MacAddress(high, low);
      const bytes = new Uint8Array(14);
      writeEthernetHeader(
        new DataView(bytes.buffer),
        0,
        address,
        MacAddress.parse('02:00:00:00:0d:01'),
        0x0800,
      );
      expect(MacAddress.fromBytes(bytes, 0)).toEqual(address);
      expect(MacAddress.parse(address.toString())).toEqual(address);
      expect(MacAddress.fromBytes(bytes, 6).toString()).toBe('02:00:00:00:0d:01');
      expect([...bytes.subarray(12)]).toEqual([0x08, 0x00]);
    }),
  );
});

test.each(['', '02:00', '02:00:00:00:0d:0g', '020000000d01'])(
  'the text %j is no Ethernet address',
  (text) => {
    expect(() => MacAddress.parse(text)).toThrow(RangeError);
  },
);

test.each([
  ['no tag', [0x08, 0x00], 14],
  ['a VLAN tag', [0x81, 0x00, 0, 7, 0x08, 0x00], 18],
  ['a service tag in front of a VLAN tag', [0x88, 0xa8, 0, 7, 0x81, 0x00, 0, 9, 0x86, 0xdd], 22],
  ['half a type', [0x08], -1],
  ['a tag without a type behind it', [0x81, 0x00, 0, 7, 0x08], -1],
] as const)('the length of an Ethernet header with %s', (_, behindAddresses, expected) => {
  const frame = Uint8Array.of(9, ...Array<number>(12).fill(0), ...behindAddresses);

  expect(ethernetHeaderLength(frame, 1, frame.length)).toBe(expected);
});
