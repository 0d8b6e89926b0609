import { describe, expect, it } from 'vitest';
import { bodyTest } from '../../../src/keepalived/node/body-expression.js';

function matches(regex: string, body: string, ...regexOptions: string[]): boolean {
  return bodyTest({ regex, regexOptions, regexNoMatch: false })(Buffer.from(body));
}

describe('the expression of a check matches as PCRE does', () => {
  it.each([
    ['$ before the last line feed', 'ok$', 'ok\n', [], true],
    ['$ not before it with dollar_endonly', 'ok$', 'ok\n', ['dollar_endonly'], false],
    ['$ not within the text', 'ok$', 'ok\nmore', [], false],
    ['$ within the text with multiline', 'ok$', 'ok\nmore', ['multiline'], true],
    ['^ at the beginning alone', '^more', 'ok\nmore', [], false],
    ['^ of a line with multiline', '^more', 'ok\nmore', ['multiline'], true],
    ['. a carriage return', 'a.b', 'a\rb', [], true],
    ['. no line feed', 'a.b', 'a\nb', [], false],
    ['. a line feed with dotall', 'a.b', 'a\nb', ['dotall'], true],
    ['a dollar that is escaped', 'a\\$b', 'a$b', [], true],
    ['a dollar and a dot in brackets', '[$.]b', '$b', [], true],
    ['letters of either case with caseless', 'OK', 'ok', ['caseless'], true],
    ['options within the expression', '(?i)OK', 'ok', [], true],
    ['blanks with extended', 'a b', 'ab', ['extended'], true],
    ['at the beginning with anchored', 'b', 'ab', ['anchored'], false],
    ['\\A and \\z', '\\Aok\\z', 'ok', [], true],
    ['\\z not before the last line feed', 'ok\\z', 'ok\n', [], false],
    ['\\Z before the last line feed', 'ok\\Z', 'ok\n', [], true],
    ['classes by name', '^[[:upper:]_]+[[:digit:]]$', 'A_B7', [], true],
    ['bytes, unless it is utf', '^..$', 'é', [], true],
    ['characters with utf', '^.$', 'é', ['utf'], true],
    ['a number of a character', '^\\x{e9}$', 'é', ['utf'], true],
    ['a comment', 'a(?#b)c', 'ac', [], true],
  ])('%s', (_, regex, body, options, expected) => {
    expect(matches(regex, body, ...options)).toBe(expected);
  });

  it('every time', () => {
    const test = bodyTest({ regex: 'a', regexOptions: ['anchored'], regexNoMatch: false });
    expect([test(Buffer.from('ab')), test(Buffer.from('ab'))]).toEqual([true, true]);
  });

  it.each(['a++b', '[[:nothing:]]', '(?R)'])('and %s is refused', (regex) => {
    expect(() => matches(regex, '')).toThrow(SyntaxError);
  });
});
