/**
 * The expressions of HTTP checks, which are those of PCRE, as JavaScript has them.
 *
 * Where the languages differ: `$` also matches before the last line feed, `.` and lines end at a line feed alone, and
 * without the option `utf` an expression looks at bytes. Possessive quantifiers, recursion and other things that
 * JavaScript has no words for are refused with a `SyntaxError`.
 */
import type { UrlDraft } from '../blocks/drafts.js';

const BODY_END = '(?![^])';
const BODY_START = '(?<![^])';

/** Escapes that JavaScript does not know, or reads as a letter. */
const escapes: Readonly<Record<string, string>> = {
  '\\A': BODY_START,
  '\\z': BODY_END,
  '\\Z': `(?=\\n?${BODY_END})`,
  '\\h': '[ \\t]',
  '\\H': '[^ \\t]',
  '\\N': '[^\\n]',
  '\\R': '(?:\\r\\n|[\\n\\v\\f\\r\\x85])',
  '\\a': '\\x07',
  '\\e': '\\x1b',
};

/** Classes by name, as they are written in brackets. */
const namedClasses: Readonly<Record<string, string>> = {
  alnum: '\\da-zA-Z',
  alpha: 'a-zA-Z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '\\d',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '\\da-fA-F',
};

/** The letters of options at the beginning of an expression. */
const letters: Readonly<Record<string, string>> = {
  i: 'caseless',
  m: 'multiline',
  s: 'dotall',
  x: 'extended',
};

const token = /\\x\{[\da-f]+\}|\\[^]|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]|\(\?#[^)]*\)|[^]/gi;

/**
 * Makes the test of a body.
 *
 * @param url - The expression, its options, and whether it must not match.
 * @returns Whether a body is good.
 * @throws {SyntaxError} When JavaScript has no such expression.
 */
export function bodyTest(
  url: Pick<UrlDraft, 'regex' | 'regexOptions' | 'regexNoMatch'>,
): (body: Uint8Array) => boolean {
  const { regex = '', regexNoMatch } = url;
  const [inline = '', first = ''] = /^\(\?([imsx]+)\)/.exec(regex) ?? [];
  const options = new Set(url.regexOptions.map((name) => name.toLowerCase()));
  for (const letter of first) options.add(letters[letter]);
  const encoding = options.has('utf') ? 'utf8' : 'latin1';
  const text = Buffer.from(regex.slice(inline.length), 'utf8').toString(encoding);
  const source = text.replaceAll(token, (part) => translated(part, options));
  const flags = `${options.has('caseless') ? 'i' : ''}${options.has('anchored') ? 'y' : ''}`;
  const expression = new RegExp(source, flags);
  return (body) => {
    expression.lastIndex = 0;
    return expression.test(Buffer.from(body).toString(encoding)) !== regexNoMatch;
  };
}

function translated(part: string, options: ReadonlySet<string>): string {
  if (part.startsWith('[')) return part.replaceAll(/\[:(\w+):\]/g, (_, name) => namedClass(name));
  if (part.startsWith('(?#')) return '';
  if (/^\\x\{/i.test(part)) return `\\u${part.slice(3, -1).padStart(4, '0')}`;
  if (part === '.') return options.has('dotall') ? '[^]' : '[^\\n]';
  if (part === '^') return options.has('multiline') ? `(?<=\\n|${BODY_START})` : BODY_START;
  if (part === '$') return endOf(options);
  // Comments of the extended form are rare in one line, blanks are not.
  if (options.has('extended') && /^\s$/.test(part)) return '';
  return escapes[part] ?? part;
}

function namedClass(name: string): string {
  const members = namedClasses[name];
  if (members === undefined) throw new SyntaxError(`Unknown class of characters '${name}'`);
  return members;
}

function endOf(options: ReadonlySet<string>): string {
  if (options.has('multiline')) return `(?=\\n|${BODY_END})`;
  return options.has('dollar_endonly') ? BODY_END : `(?=\\n?${BODY_END})`;
}
