import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUint16, writeUint16 } from '../../src/wire/bytes.js';
import {
  changeOfUint16,
  changeOfUint32,
  checksum,
  foldSum,
  sumBytes,
  updateChecksum,
} from '../../src/wire/checksum.js';
import { crc32c } from '../../src/wire/crc32c.js';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

test('the sum of the example in RFC 1071 is ddf2', () => {
  const bytes = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);

  expect(foldSum(sumBytes(bytes, 0, 8))).toBe(0xddf2);
});

test('an odd last byte counts as the high half of a word', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 99 }), (bytes) => {
      const padded = new Uint8Array(bytes.length + 1);
      padded.set(bytes);
      expect(checksum(bytes, 0, bytes.length)).toBe(
        checksum(padded, 0, bytes.length + (bytes.length & 1)),
      );
    }),
  );
});

test('the greatest packet sums up without losing a carry', () => {
  const bytes = new Uint8Array(65535).fill(0xff);

  expect(foldSum(sumBytes(bytes, 0, 65534))).toBe(0xffff);
  expect(foldSum(sumBytes(bytes, 0, 65535))).toBe(0xff00);
});

test('updating a checksum for a changed word gives what summing anew gives', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 24, maxLength: 24 }),
      fc.nat(5),
      fc.nat(65535),
      fc.integer(),
      (bytes, index, word16, word32) => {
        // The field at 22 keeps the sum away from zero, as the version in a real header does.
        writeUint16(bytes, 22, 0x4500);
        writeUint16(bytes, 20, 0);
        writeUint16(bytes, 20, checksum(bytes, 0, 24));
        const old = readUint16(bytes, 20);
        const before = readUint16(bytes, index * 2);
        const wide = new DataView(bytes.buffer, bytes.byteOffset);
        const change = changeOfUint16(before, word16) + changeOfUint32(wide.getInt32(12), word32);
        writeUint16(bytes, index * 2, word16);
        wide.setInt32(12, word32);
        writeUint16(bytes, 20, 0);
        expect(updateChecksum(old, change)).toBe(checksum(bytes, 0, 24));
      },
    ),
  );
});

test('CRC32c gives the published values', () => {
  expect(crc32c(ascii('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
});
