/** Which addresses a real server may have. */
import { describe, expect, it } from 'vitest';
import { mayBeServer, type Network } from '../../src/director/allowed-server-addresses.js';
import { IpAddress } from '../../src/ip-address.js';

const may = (text: string, networks: readonly Network[] = []): boolean =>
  mayBeServer(IpAddress.parse(text), networks);
const network = (text: string, prefixLength: number): Network => ({
  address: IpAddress.parse(text),
  prefixLength,
});

describe('a real server', () => {
  it.each([
    '0.0.0.1',
    '0.255.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '128.0.0.0',
    '223.255.255.255',
    '240.0.0.0',
    '255.255.255.254',
    '::1',
    '::2',
    '::1:0:0',
    '::fffe:192.0.2.1',
    '::1:ffff:c000:201',
    '0:1::ffff:c000:201',
    '1::',
    'fe7f:ffff::1',
    'fec0::1',
    'feff::1',
    'fdff::1',
    '2001:db8::ffff:0:1',
  ])('may have %s', (address) => {
    expect(may(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '127.255.255.255',
    '224.0.0.0',
    '239.255.255.255',
    '255.255.255.255',
    '::',
    '::ffff:192.0.2.1',
    '::ffff:0:0',
    'fe80::1',
    'febf:ffff::1',
    'ff00::',
    'ffff::1',
  ])('may not have %s', (address) => {
    expect(may(address)).toBe(false);
  });

  it('may not have the broadcast address of a network of the host', () => {
    const networks = [network('10.1.0.1', 16), network('192.0.2.77', 26)];

    expect(may('10.1.255.255', networks)).toBe(false);
    expect(may('192.0.2.127', networks)).toBe(false);
    for (const each of [
      '10.1.255.254',
      '10.2.255.255',
      '10.1.0.255',
      '192.0.2.63',
      '192.0.2.255',
      '0.0.255.255',
    ])
      expect(may(each, networks)).toBe(true);
    expect(may('10.1.255.255', [])).toBe(true);
  });

  it('may have the last address of a network of two addresses, or of one', () => {
    const last = [29, 30, 31, 32].map((length) => may('192.0.2.3', [network('192.0.2.3', length)]));

    expect(last).toEqual([true, false, true, true]);
    expect(may('192.0.2.7', [network('192.0.2.3', 29)])).toBe(false);
  });

  it('is not refused for what is a network of IPv6', () => {
    // The last word of this network's first address, taken for IPv4, would make it 255.255.255.255's neighbor.
    const networks = [network('2001:db8::a00:1', 8)];

    expect(may('10.255.255.255', networks)).toBe(true);
    expect(may('2001:db8::1', networks)).toBe(true);
  });
});
