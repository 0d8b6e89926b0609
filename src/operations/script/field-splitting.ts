/**
 * Divides the value of a substitution into fields at the characters of `IFS`.
 * Source: POSIX.1-2017, Shell Command Language, section 2.6.5, and its `read`.
 */

/** The value of `IFS` when a script changes nothing. */
export const USUAL_SEPARATORS = ' \t\n';

/** A part of a value, and what ends it. */
export interface Part {
  /** The text; it may be empty. */
  readonly text: string;
  /** Whether it is a field even when it is empty: a separator that is no white space ends it. */
  readonly isField: boolean;
  /** Whether a separator ends it. */
  readonly ends: boolean;
}

/**
 * Divides a value.
 *
 * @param value - The value.
 * @param separators - The characters of `IFS`.
 * @returns Its parts, the last of which no separator ends.
 */
export function splitAtSeparators(value: string, separators: string): Part[] {
  const pattern = separatorPattern(separators);
  if (pattern === undefined) return [{ text: value, isField: false, ends: false }];
  const parts: Part[] = [];
  let at = 0;
  for (const match of value.matchAll(new RegExp(pattern, 'g'))) {
    parts.push({
      text: value.slice(at, match.index),
      isField: match[0].trim() !== '',
      ends: true,
    });
    at = match.index + match[0].length;
  }
  return [...parts, { text: value.slice(at), isField: false, ends: false }];
}

/**
 * Divides a line among the variables of `read`.
 *
 * @param line - The line.
 * @param separators - The characters of `IFS`.
 * @param count - How many variables there are, 1 or more.
 * @returns A text for each; the last one has the rest of the line.
 */
export function splitLine(line: string, separators: string, count: number): string[] {
  const pattern = separatorPattern(separators);
  if (pattern === undefined) return [line, ...Array.from({ length: count - 1 }, () => '')];
  const blank = classOf(separators.replaceAll(/\S/g, ''));
  let rest = blank === undefined ? line : line.replace(new RegExp(`^${blank}+`), '');
  const texts: string[] = [];
  const separator = new RegExp(pattern);
  while (texts.length < count - 1) {
    const match = separator.exec(rest);
    texts.push(match === null ? rest : rest.slice(0, match.index));
    rest = match === null ? '' : rest.slice(match.index + match[0].length);
  }
  if (blank !== undefined) rest = rest.replace(new RegExp(`${blank}+$`), '');
  const last = separator.exec(rest);
  const isEnd = last !== null && last.index + last[0].length === rest.length;
  return [...texts, isEnd ? rest.slice(0, last.index) : rest];
}

/** White space around another separator belongs to it. */
function separatorPattern(separators: string): string | undefined {
  const blank = classOf(separators.replaceAll(/\S/g, ''));
  const other = classOf(separators.replaceAll(/\s/g, ''));
  if (other === undefined) return blank && `${blank}+`;
  return blank === undefined ? other : `${blank}*${other}${blank}*|${blank}+`;
}

function classOf(characters: string): string | undefined {
  return characters === '' ? undefined : `[${characters.replaceAll(/[\\\]^-]/g, String.raw`\$&`)}]`;
}
