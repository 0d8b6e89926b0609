import { isIP } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IpAddress, type AddressFamily } from '../src/ip-address.js';
import { wordsOf } from './support/reference/address.js';

const word = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffffffff), fc.nat(0xffffffff));
const ipv4 = word.map((value) => IpAddress.fromIpv4(value));
const ipv6 = fc
  .tuple(word, word, word, word)
  .map(([w0, w1, w2, w3]) => IpAddress.fromIpv6(w0, w1, w2, w3));
const addresses = fc.oneof(ipv4, ipv6);

/** Texts that are addresses, almost or not at all. */
const texts = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.string({
    unit: fc.constantFrom('0', '1', '9', 'a', 'F', 'g', ':', '::', '.', '256', '1.2.3.4'),
  }),
  fc
    .tuple(fc.ipV6(), fc.nat(40), fc.constantFrom('', ':', '0', '.', 'f'))
    .map(([text, at, more]) => text.slice(0, at) + more + text.slice(at + 1)),
);

function words(address: IpAddress): number[] {
  return [address.word0, address.word1, address.word2, address.word3].map((each) => each >>> 0);
}

describe('reading', () => {
  test('finds an address where Node finds one, of the same family, and nowhere else', () => {
    const property = fc.property(texts, (text) => {
      expect(IpAddress.tryParse(text)?.family ?? 0).toBe(isIP(text));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test('gives the words that the text spells', () => {
    const property = fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      expect(words(IpAddress.parse(text))).toEqual(wordsOf(text));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    '1.2.3.-4',
    '1.2.3.4 ',
    '0x1.2.3.4',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'g::',
    '1.2.3.4::',
    '::1.2.3',
    '::1.2.3.4:5',
    '[::1]',
    'fe80::1%eth0',
    '10.0.0.1/8',
  ])('refuses %j', (text) => {
    expect(IpAddress.tryParse(text)).toBeUndefined();
    expect(() => IpAddress.parse(text)).toThrow(
      new RangeError(
        `Invalid address: expected IPv4 such as 10.0.0.1 or IPv6 such as 2001:db8::1, got ${JSON.stringify(text)}`,
      ),
    );
  });

  test('refuses what is no text', () => {
    expect(() => IpAddress.parse(167772161 as never)).toThrow(
      new TypeError('Invalid address: expected a string, got 167772161'),
    );
    expect(() => IpAddress.from(null as never)).toThrow(TypeError);
  });

  test('takes a ready-made address as it is', () => {
    const address = IpAddress.fromIpv4(1);
    expect(IpAddress.from(address)).toBe(address);
    expect(String(IpAddress.from('::1'))).toBe('::1');
  });
});

describe('writing', () => {
  test('is undone by reading', () => {
    const property = fc.property(addresses, (address) => {
      expect(IpAddress.parse(String(address))).toEqual(address);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test('is canonical as browsers have it, mapped IPv4 apart', () => {
    const property = fc.property(ipv6, (address) => {
      fc.pre(words(address).slice(0, 3).join() !== '0,0,65535');
      expect(`[${address}]`).toBe(new URL(`http://[${address}]`).hostname);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test.each([
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::AbCd', '2001:db8::abcd'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['::ffff:0:c000:201', '::ffff:0:c000:201'],
    ['::192.0.2.1', '::c000:201'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['255.255.255.255', '255.255.255.255'],
    ['0.0.0.0', '0.0.0.0'],
  ])('%s becomes %s', (text, canonical) => {
    const address = IpAddress.parse(text);
    expect(String(address)).toBe(canonical);
    expect(JSON.stringify(address)).toBe(JSON.stringify(canonical));
  });
});

describe('bytes', () => {
  test('come back as they were written, and nothing else is touched', () => {
    const property = fc.property(addresses, fc.nat(3), (address, offset) => {
      const length = address.bitLength / 8;
      const target = new Uint8Array(length + 4).fill(0xa5);
      expect(address.toBytes(target, offset)).toBe(target);
      expect(IpAddress.fromBytes(address.family, target, offset)).toEqual(address);
      target.fill(0xa5, offset, offset + length);
      expect(target.every((byte) => byte === 0xa5)).toBe(true);
    });
    fc.assert(property);
  });

  test('are in network order', () => {
    expect([...IpAddress.parse('10.0.0.1').toBytes()]).toEqual([10, 0, 0, 1]);
    expect([...IpAddress.parse('1:203:405:607:809:a0b:c0d:e0f').toBytes()]).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ]);
    expect(String(IpAddress.fromBytes(4, new Uint8Array([192, 0, 2, 1])))).toBe('192.0.2.1');
  });

  test.each([
    [4, 3, 0],
    [4, 8, 5],
    [4, 4, -1],
    [6, 15, 0],
    [6, 20, 5],
  ] as [AddressFamily, number, number][])('of IPv%d do not fit %d at %d', (family, length, at) => {
    const address = family === 4 ? IpAddress.fromIpv4(1) : IpAddress.fromIpv6(1, 2, 3, 4);
    const bytes = new Uint8Array(length);
    expect(() => IpAddress.fromBytes(family, bytes, at)).toThrow(/^Invalid address offset/);
    expect(() => address.toBytes(bytes, at)).toThrow(RangeError);
  });
});

describe('two addresses', () => {
  test('are equal when family and all bits are', () => {
    const property = fc.property(addresses, addresses, (one, other) => {
      const same = one.family === other.family && String(words(one)) === String(words(other));
      expect(one.equals(other)).toBe(same);
      expect(one.equals(IpAddress.parse(String(one)))).toBe(true);
    });
    fc.assert(property);
  });

  test('differ when one bit does', () => {
    const property = fc.property(word, fc.nat(3), fc.nat(31), (value, which, bit) => {
      const all = [value, value, value, value] as [number, number, number, number];
      const changed = all.map((each, index) => (index === which ? each ^ (1 << bit) : each));
      const other = IpAddress.fromIpv6(...(changed as typeof all));
      expect(IpAddress.fromIpv6(...all).equals(other)).toBe(false);
    });
    fc.assert(property);
  });

  test('differ when only the family does', () => {
    expect(IpAddress.fromIpv4(7).equals(IpAddress.fromIpv6(0, 0, 0, 7))).toBe(false);
  });
});

describe('the prefix', () => {
  test('keeps as many bits as it is long', () => {
    const property = fc.property(addresses, fc.nat(128), (address, bits) => {
      const length = Math.min(bits, address.bitLength);
      const rest = BigInt(address.bitLength - length);
      const number = (from: IpAddress): bigint =>
        words(from).reduce((sum, each) => (sum << 32n) | BigInt(each), 0n);
      const network = address.prefix(length);
      expect(number(network)).toBe((number(address) >> rest) << rest);
      expect(network.family).toBe(address.family);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test.each([
    ['10.1.2.3', 33, '0–32'],
    ['10.1.2.3', -1, '0–32'],
    ['::1', 129, '0–128'],
    ['::1', 0.5, '0–128'],
  ])('of %s is not %d bits long', (text, length, range) => {
    expect(() => IpAddress.parse(text).prefix(length)).toThrow(
      new RangeError(`Invalid prefix length: expected an integer ${range}, got ${length}`),
    );
  });
});

describe('the fold', () => {
  test.each([
    ['10.0.0.1', 0x0a000001],
    ['192.168.1.1', 0xc0a80101],
    ['255.255.255.255', 0xffffffff],
    ['2001:db8::1', 0x20010db9],
    ['fe80::1:2:3:4', 0xfe820006],
    ['::1', 1],
  ])('of %s is %d', (text, fold) => {
    expect(IpAddress.parse(text).fold).toBe(fold);
  });
});

test('an address knows how many bits it has', () => {
  expect([IpAddress.parse('0.0.0.0').bitLength, IpAddress.parse('::').bitLength]).toEqual([
    32, 128,
  ]);
});
