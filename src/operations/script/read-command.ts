/**
 * `read`: takes a line of a here-document, or of what `echo` and `printf` write, apart.
 */
import { splitAtSeparators, splitLine } from './field-splitting.js';
import type { Variables } from './variables.js';

/** A text that commands read line by line. */
export class InputLines {
  private rest: string;

  /** @param text - The text. */
  constructor(text: string) {
    this.rest = text;
  }

  /** Takes a line, and whether it has an end; `undefined` when there is none. */
  take(): { readonly line: string; readonly isWhole: boolean } | undefined {
    const { rest } = this;
    if (rest === '') return undefined;
    const end = rest.indexOf('\n');
    this.rest = end < 0 ? '' : rest.slice(end + 1);
    return { line: end < 0 ? rest : rest.slice(0, end), isWhole: end >= 0 };
  }
}

/**
 * Does what `read` says.
 *
 * @param words - Its words, expanded.
 * @param separators - The characters of `IFS`.
 * @param input - What it reads.
 * @param variables - Where the values go.
 * @returns Whether it succeeds; `undefined` when it cannot be followed, and nothing is read.
 */
export function readLine(
  words: readonly string[],
  separators: string,
  input: InputLines,
  variables: Variables,
): boolean | undefined {
  const count = words.slice(1).findIndex((word) => !word.startsWith('-'));
  const options = words.slice(1, count < 0 ? undefined : count + 1);
  const names = count < 0 ? [] : words.slice(count + 1);
  const isList = options.some((option) => option.includes('a'));
  const areRead = options.every((option) => /^-(?:r?a?|-)$/.test(option));
  const areNames = names.every((name) => /^[A-Za-z_]\w*$/.test(name));
  if (!areRead || !areNames || (isList && names.length !== 1)) return undefined;
  const taken = input.take();
  const line = taken?.line ?? '';
  const isRaw = options.some((option) => option.includes('r'));
  if (line.includes('\\') && !isRaw) return undefined;
  const [first = 'REPLY'] = names;
  if (isList) variables.set(first, fieldsOf(line, separators));
  else if (names.length === 0) variables.set(first, line);
  else
    for (const [index, text] of splitLine(line, separators, names.length).entries())
      variables.set(names[index], text);
  return taken?.isWhole ?? false;
}

function fieldsOf(line: string, separators: string): string[] {
  return splitAtSeparators(line, separators)
    .filter(({ text, isField }) => text !== '' || isField)
    .map(({ text }) => text);
}
