import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCallId } from '../../src/helpers/sip-call-id.js';

const START = 'INVITE sip:bob@example.org SIP/2.0';

/** Reads a message that is in the middle of bytes which would change the outcome. */
function read(message: Uint8Array): string | undefined {
  const around = new TextEncoder().encode('\r\nCall-ID: outside\r\n');
  const bytes = new Uint8Array([...around, ...message, ...around]);
  return readCallId(bytes, around.length, around.length + message.length);
}

function readText(message: string): string | undefined {
  return read(Uint8Array.from(message, (character) => character.charCodeAt(0)));
}

describe('the Call-ID of a message', () => {
  it.each([
    ['a request', `${START}\r\nTo: Bob\r\nCall-ID: a@b\r\nCSeq: 1 ACK\r\n\r\n`],
    ['a response', 'SIP/2.0 200 OK\r\nCall-ID: a@b\r\n\r\n'],
    ['a header in upper case', `${START}\r\nCALL-ID: a@b\r\n\r\n`],
    ['a header in lower case', `${START}\r\ncall-id: a@b\r\n\r\n`],
    ['the compact header', `${START}\r\ni: a@b\r\n\r\n`],
    ['the compact header in upper case', `${START}\r\nI: a@b\r\n\r\n`],
    ['no blank behind the colon', `${START}\r\nCall-ID:a@b\r\n\r\n`],
    ['blanks before the colon', `${START}\r\nCall-ID \t: a@b\r\n\r\n`],
    ['lines that end with LF', `${START}\nTo: Bob\nCall-ID: a@b\n\n`],
    ['a last line without end', `${START}\r\nCall-ID: a@b`],
    ['the first of two', `${START}\r\nCall-ID: a@b\r\nCall-ID: c@d\r\n\r\n`],
  ])('is read from %s', (_, message) => {
    expect(readText(message)).toBe('a@b');
  });

  it.each([
    ['no header', `${START}\r\nTo: Bob\r\n\r\n`],
    ['nothing but line ends', '\r\n\r\n'],
    ['no bytes', ''],
    ['an empty value', `${START}\r\nCall-ID:\r\n\r\n`],
    ['the start line only', 'Call-ID: a@b\r\n\r\n'],
    ['the body only', `${START}\r\nTo: Bob\r\n\r\nCall-ID: a@b\r\n`],
    ['a longer name', `${START}\r\nCall-IDs: a@b\r\n\r\n`],
    ['another name that begins with i', `${START}\r\nin: a@b\r\n\r\n`],
    ['no colon', `${START}\r\nCall-ID a@b\r\n\r\n`],
    ['256 bytes', `${START}\r\nCall-ID: ${'x'.repeat(256)}\r\n\r\n`],
  ])('is none where a message has %s', (_, message) => {
    expect(readText(message)).toBe(undefined);
  });

  it('is kept byte for byte, with 255 bytes at most', () => {
    const bytes = fc.array(
      fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
      { minLength: 1, maxLength: 255 },
    );
    fc.assert(
      fc.property(bytes, (characters) => {
        const id = characters.join('');
        expect(readText(`${START}\r\nCall-ID: ${id}\r\n\r\n`)).toBe(id);
      }),
    );
  });

  it('is read from any bytes without an exception and without a byte from outside of them', () => {
    const lines = fc.constantFrom('\r\n', '\n', 'Call-ID', 'i', ':', ' ', 'a', START, '\r');
    const messages = fc.oneof(
      fc.array(lines, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => String.fromCharCode(...bytes)),
    );
    fc.assert(
      fc.property(messages, (message) => {
        const id = readText(message);
        expect(id === undefined || (id !== '' && message.includes(id))).toBe(true);
      }),
    );
  });

  it('costs at most two visits of each byte', () => {
    let visits = 0;
    const text = `${START}\r\n${'i x\r\n'.repeat(200)}${'Call-I\r\n'.repeat(200)}`;
    const bytes = new Proxy(new TextEncoder().encode(text), {
      get: (target, name) => {
        if (typeof name === 'string' && /^\d+$/.test(name)) visits++;
        return Reflect.get(target, name) as unknown;
      },
    });
    readCallId(bytes, 0, text.length);
    expect(visits).toBeLessThan(4 * text.length);
  });
});
