import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFtpRequest } from '../../src/helpers/ftp/ftp-command.js';
import { readFtpReply, virtualAddressText } from '../../src/helpers/ftp/ftp-reply.js';
import { IpAddress } from '../../src/ip-address.js';

const OUTSIDE = Uint8Array.from('PASV\r\n,1)|', (character) => character.charCodeAt(0));

/** A text in the middle of bytes that would change the outcome. */
function around(text: string): [bytes: Uint8Array, start: number, end: number] {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const whole = new Uint8Array([...OUTSIDE, ...bytes, ...OUTSIDE]);
  return [whole, OUTSIDE.length, OUTSIDE.length + bytes.length];
}

function request(text: string, family: 4 | 6 = 4): string {
  const found = readFtpRequest(...around(text), family);
  if (found === undefined || typeof found === 'number') return String(found);
  return `${found.address} ${found.port}`;
}

function reply(text: string, code: 227 | 229, family: 4 | 6 = 4): string {
  const [bytes, start, end] = around(text);
  const found = readFtpReply(bytes, start, end, code, family);
  if (found === undefined) return 'none';
  const replaced = text.slice(found.start - start, found.end - start);
  return `${found.address ?? ''} ${found.port} ${replaced}`;
}

describe('a client asks for', () => {
  it.each([
    ['PASV\r\n', '227'],
    ['pasv\r\n', '227'],
    ['NOOP\r\nPASV\r\n', '227'],
    ['PASV\r\nNOOP\r\n', '227'],
    ['XPASV\r\n', '227'],
    ['PASV\r\nEPSV\r\n', '227'],
    ['EPSV\r\nPASV\r\n', '229'],
    ['EPSV\r\n', '229'],
    ['epsv\rx', '229'],
    ['EPSV 1\r\n', '229'],
    ['PORT 198,51,100,48,134,241\r\n', '198.51.100.48 34545'],
    ['port 198,51,100,48,134,241\r\n', '198.51.100.48 34545'],
    ['PORT\t198,51,100,48,134,241\r\n', '198.51.100.48 34545'],
    ['PORT198,51,100,48,134,241\r\n', '198.51.100.48 34545'],
    ['PORT   198,51,100,48,134,241\n', '198.51.100.48 34545'],
    ['PORT 198,51,100,48,134,241,9\r\n', '198.51.100.48 34545'],
    ['PORT 198,051,100,0048,134,241\r\n', '198.51.100.48 34545'],
    ['EPRT |1|198.51.100.48|34545|\r\n', '198.51.100.48 34545'],
    ['EPRT !1!198.51.100.48!34545!', '198.51.100.48 34545'],
    ['eprt |1|198.51.100.48|034545|\r\n', '198.51.100.48 34545'],
  ])('data by %j', (text, expected) => {
    expect(request(text)).toBe(expected);
  });

  it.each([
    'PASV\n',
    'PASV \r\n',
    'PASV\r',
    'EPSV\r',
    'EPSV\n',
    'EPSV ALL\r\n',
    'EPSV 2\r\n',
    'EPSV 2\r\nPASV\r\n',
    'PA',
    'PORT 198,51,100,48,134,241',
    'PORT (198,51,100,48,134,241)\r\n',
    'PORT 198,51,100,48,134\r\n',
    'PORT 198,51,100,256,134,241\r\n',
    'PORT 198, 51,100,48,134,241\r\n',
    'NOOP\r\nPORT 198,51,100,48,134,241\r\n',
    'EPRT |1|198.51.100.48|34545',
    'EPRT|1|198.51.100.48|34545|\r\n',
    'EPRT |2|198.51.100.48|34545|\r\n',
    'EPRT |1|2001:db8::1|34545|\r\n',
    'EPRT |||34545|\r\n',
    'EPRT |1|198.51.100.48|0|\r\n',
    'EPRT |1|198.51.100.48|65536|\r\n',
  ])('nothing by %j', (text) => {
    expect(request(text)).toBe('undefined');
  });

  it('data of its own family only', () => {
    expect(request('PASV\r\n', 6)).toBe('undefined');
    expect(request('PORT 198,51,100,48,134,241\r\n', 6)).toBe('undefined');
    expect(request('EPSV 2\r\n', 6)).toBe('229');
    expect(request('EPSV 1\r\n', 6)).toBe('undefined');
    expect(request('EPRT |2|2001:db8::1|21|\r\n', 6)).toBe('2001:db8::1 21');
    expect(request('EPRT |1|198.51.100.48|21|\r\n', 6)).toBe('undefined');
  });
});

describe('a reply', () => {
  it.each([
    ['227 Entering Passive Mode (10,6,8,3,80,177).\r\n', '10.6.8.3 20657 10,6,8,3,80,177'],
    ['227 =10,0,0,2,19,137\r\n', '10.0.0.2 5001 10,0,0,2,19,137'],
    ['227 Passive (10,0,0,2,19,137\r\n', '10.0.0.2 5001 10,0,0,2,19,137'],
    ['227 ((10,0,0,2,019,137)\r\n200 ok\r\n', '10.0.0.2 5001 10,0,0,2,019,137'],
    ['227 (10,0,0,2,19,137,1)', '10.0.0.2 5001 10,0,0,2,19,137'],
  ])('227 names the address that is replaced: %j', (text, expected) => {
    expect(reply(text, 227)).toBe(expected);
  });

  it.each([
    '227-Entering (10,0,0,2,19,137)\r\n',
    '227 Mode 7 on (10,0,0,2,19,137)\r\n',
    '227 (( 10,0,0,2,19,137)\r\n',
    '227 (10,0,0,2, 19, 137)\r\n',
    '227 (10,0,0,256,19,137)\r\n',
    '227 (10,0,0,2,19)\r\n',
    '227 (10,0,0,2,19,137',
    '200 ok\r\n227 (10,0,0,2,19,137)\r\n',
    '229 ok (|||5001|)\r\n',
    '227',
  ])('227 is not understood as %j', (text) => {
    expect(reply(text, 227)).toBe('none');
  });

  it.each([
    ['229 ok (|||5001|)\r\n', ' 5001 |||5001|'],
    ['229 ok ((|||05001|)', ' 5001 |||05001|'],
    ['229 ok (!!!5001!!)\r\n', ' 5001 !!!5001!'],
    ['229 ok (|1|10.7.6.9|54932|)\r\n', '10.7.6.9 54932 |1|10.7.6.9|54932|'],
  ])('229 names the port that is replaced: %j', (text, expected) => {
    expect(reply(text, 229)).toBe(expected);
  });

  it.each([
    '229 ok |||5001|\r\n',
    '229 ok (|||70000|)\r\n',
    '229 ok (|||0|)\r\n',
    '229 ok (|||5001',
    '229 ok (|2|fd00::9|5001|)\r\n',
    '229 ok (|1||5001|)\r\n',
    '229 ok (',
    '229 (|||',
  ])('229 is not understood as %j', (text) => {
    expect(reply(text, 229)).toBe('none');
  });

  it('is rewritten to the virtual address and the port', () => {
    const virtual = IpAddress.parse('192.168.207.227');
    expect(virtualAddressText(227, virtual, 20657)).toBe('192,168,207,227,80,177');
    expect(virtualAddressText(229, virtual, 20657)).toBe('|||20657|');
  });
});

describe('any text', () => {
  const words = fc.constantFrom(
    ...['PASV', 'EPSV', 'PORT', 'EPRT', '227', '229', ' ', '(', ')', '|', '|||', ',', '\r', '\n'],
    ...['10,0,0,2,19,137', '1', '2', '255', '99999999999999999999', '198.51.100.48', '2001:db8::1'],
  );
  const texts = fc.oneof(
    fc.array(words, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => String.fromCharCode(...bytes)),
  );

  it('is read without an exception, and without a byte from outside of it', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(4, 6), (text, family) => {
        const [bytes, start, end] = around(text);
        const alone = bytes.slice(start, end);
        expect(readFtpRequest(bytes, start, end, family)).toEqual(
          shifted(readFtpRequest(alone, 0, alone.length, family), start),
        );
        for (const code of [227, 229] as const) {
          expect(readFtpReply(bytes, start, end, code, family)).toEqual(
            shifted(readFtpReply(alone, 0, alone.length, code, family), start),
          );
        }
      }),
    );
  });

  it('costs a few visits of each byte at most', () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 200, maxLength: 300 }), (parts) => {
        const text = parts.join('');
        let visits = 0;
        const bytes = new Proxy(new TextEncoder().encode(text), {
          get: (target, name) => {
            if (name === 'subarray') return target.subarray.bind(target);
            if (typeof name === 'string' && /^\d+$/.test(name)) visits++;
            return Reflect.get(target, name) as unknown;
          },
        });
        readFtpRequest(bytes, 0, text.length, 4);
        readFtpReply(bytes, 0, text.length, 227, 4);
        readFtpReply(bytes, 0, text.length, 229, 4);
        expect(visits).toBeLessThan(12 * text.length);
      }),
      { numRuns: 30 },
    );
  });
});

/** What is found in a text that begins elsewhere. */
function shifted<Found>(found: Found, by: number): Found {
  if (typeof found !== 'object' || found === null) return found;
  const { start, end } = found as unknown as { start: number; end: number };
  return { ...found, start: start + by, end: end + by };
}
