/**
 * `$'…'` of bash: a quotation with the escapes of C.
 */
import { Unresolved } from './variables.js';

const CHARACTERS: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001B',
  E: '\u001B',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ESCAPE = /\\(?:([0-7]{1,3})|x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|([^]))/g;
const LAST_OF_ASCII = 0x7f;
const LAST_OF_UNICODE = 0x10_ff_ff;

/**
 * Reads the inside of `$'…'`.
 *
 * @param inside - What is between the quotes.
 * @returns The text.
 * @throws {Unresolved} When an escape gives a part of a character, or none.
 */
export function ansiText(inside: string): string {
  return inside.replaceAll(
    ESCAPE,
    (
      escape: string,
      octal?: string,
      byte?: string,
      short?: string,
      long?: string,
      letter?: string,
    ) => {
      if (letter !== undefined) return lettered(letter, escape);
      const isByte = octal !== undefined || byte !== undefined;
      const code =
        octal === undefined
          ? Number.parseInt(byte ?? short ?? long ?? '', 16)
          : Number.parseInt(octal, 8);
      if (code === 0 || code > (isByte ? LAST_OF_ASCII : LAST_OF_UNICODE))
        throw new Unresolved(escape, 'an escape for one whole character');
      return String.fromCodePoint(code);
    },
  );
}

function lettered(letter: string, escape: string): string {
  if (/[\\'"?]/.test(letter)) return letter;
  if (letter === 'c') throw new Unresolved(escape, 'an escape for one whole character');
  return Object.hasOwn(CHARACTERS, letter) ? CHARACTERS[letter] : escape;
}
