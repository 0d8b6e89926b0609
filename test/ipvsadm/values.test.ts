import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import { readEndpoint } from '../../src/ipvsadm/endpoint.js';
import { readIpv4 } from '../../src/ipvsadm/inet-aton.js';
import { readNetmask } from '../../src/ipvsadm/netmask.js';
import { readNumber } from '../../src/ipvsadm/number.js';
import { readPort } from '../../src/ipvsadm/port.js';
import {
  formatReadableSchedulerFlags,
  formatSchedulerFlags,
  readSchedulerFlags,
} from '../../src/ipvsadm/scheduler-flags.js';

const notAddresses =
  '[::1]|[::1]:|[::1]80|[::1|10.0.0.1:|:80|10.0.0.1:1:2|fe80::1%eth0| 10.0.0.1|5||[]|1.2.3.256|08.1.1.1|' +
  '1..2|1.2.3.4.5|256.1.1.1|10.0.0.1:65536|10.0.0.1:-1|10.0.0.1:HTTP|10.0.0.1:nosuch|0x|4294967296:1';

function read(text: string): string | undefined {
  const endpoint = readEndpoint(text, 'tcp');
  return endpoint && `${endpoint.address} ${endpoint.port ?? 'none'}`;
}

describe('an address', () => {
  it.each([
    ['10.0.0.1:80', '10.0.0.1 80'],
    ['10.0.0.1', '10.0.0.1 none'],
    ['10.0.0.1:http', '10.0.0.1 80'],
    ['[::1]:80', '::1 80'],
    ['[::1]:0', '::1 0'],
    ['::1', '::1 none'],
    ['::1:80', '::1:80 none'],
    ['[10.0.0.1]', '10.0.0.1 none'],
    ['[10.0.0.1]:80', '10.0.0.1 none'],
    ['[5]', '0.0.0.5 none'],
    ['5:80', '0.0.0.5 80'],
    ['192.168.101', '192.168.0.101 none'],
    ['1.2.256', '1.2.1.0 none'],
    ['010.1.1.1', '8.1.1.1 none'],
    ['0x7f.1', '127.0.0.1 none'],
    ['0x7F000001:010', '127.0.0.1 10'],
    ['255.255.255.255:65535', '255.255.255.255 65535'],
  ])('%s is read as %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each(notAddresses.split('|'))('"%s" is refused', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('is the same in every way to write it', () => {
    const radix = fc.constantFrom<(value: number) => string>(
      (value) => String(value),
      (value) => `0x${value.toString(16)}`,
      (value) => `0${value.toString(8)}`,
    );
    const value = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(
        value,
        fc.integer({ min: 1, max: 4 }),
        fc.array(radix, { minLength: 4, maxLength: 4 }),
        (address, count, write) => {
          const bytes = [24, 16, 8].slice(0, count - 1).map((shift) => (address >>> shift) & 255);
          const last = address % 256 ** (5 - count);
          const parts = [...bytes, last].map((part, at) => write[at](part));
          expect(readIpv4(parts.join('.'))?.equals(IpAddress.fromIpv4(address))).toBe(true);
        },
      ),
    );
  });
});

describe('a number', () => {
  it('is read in decimal, whatever zeros and sign it begins with', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('', '+', '0', '+00', ' '), (value, before) => {
        expect(readNumber(before + value, 0, 2 ** 31)).toBe(value);
      }),
    );
  });

  it.each(['0x10', '1e3', '5 ', '5abc', '', '+', '1.5', '--1', '-1', '11'])(
    '"%s" is refused between 0 and 10',
    (text) => {
      expect(readNumber(text, 0, 10)).toBeUndefined();
    },
  );

  it('is never minus zero', () => {
    expect(Object.is(readNumber('-0', 0, 10), 0)).toBe(true);
  });
});

describe('the name of a port', () => {
  it('stands for it with the protocols that have it', () => {
    expect([readPort('http', 'tcp'), readPort('http', 'sctp')]).toEqual([80, undefined]);
    expect([readPort('domain', 'udp'), readPort('https', 'tcp')]).toEqual([53, 443]);
  });

  it('is not one of those every object has', () => {
    expect(readPort('constructor', 'tcp')).toBeUndefined();
    expect(() => readSchedulerFlags('constructor', 'sh', 1)).toThrow('invalid scheduler flag');
  });
});

describe('an IPv6 netmask', () => {
  it.each(['0', '129', 'x64', '-1', '', '255.255.255.0'])('"%s" is refused', (text) => {
    expect(readNetmask(text, 6)).toBeUndefined();
  });
});

describe('scheduler flags', () => {
  it('can be read back from their readable form', () => {
    const scheduler = fc.constantFrom('sh', 'mh', 'rr');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), scheduler, (bits, name) => {
        expect(readSchedulerFlags(formatReadableSchedulerFlags(bits, name), name, 1)).toBe(bits);
      }),
    );
  });

  it('have names of their own for sh and mh, but for the third', () => {
    expect(formatSchedulerFlags(7, 'rr')).toBe('flag-1,flag-2,flag-3');
    expect(formatSchedulerFlags(7, 'mh')).toBe('mh-fallback,mh-port');
    expect(formatSchedulerFlags(4, 'sh')).toBe('');
  });
});
