/**
 * `~SEQ` and `~LST`: a line once for each value of a sequence or a list.
 */
import { trimBlanks } from './words.js';

/** A line that is read several times. */
export interface Repetition {
  /** The values, in order: what each pass sets the parameters to. */
  readonly passes: Iterable<readonly (readonly [name: string, value: string])[]>;
  /** What is read in each pass. */
  readonly rest: string;
}

/** Why a line is not one. */
export interface RepetitionFault {
  /** The texts to be reported, without the line. */
  readonly faults: readonly string[];
}

/** More passes than this are refused as a mistake. */
export const MOST_PASSES = 1_000_000;

/**
 * Recognizes a line that is to be repeated.
 *
 * @param line - The line, without comment and blanks around it.
 * @param expand - Replaces the parameters of a text.
 * @returns The repetition, its fault, or `undefined` when the line is an ordinary one.
 */
export function repetitionIn(
  line: string,
  expand: (text: string) => string,
): Repetition | RepetitionFault | undefined {
  if (line.startsWith('~SEQ')) return sequence(line, expand);
  return line.startsWith('~LST') ? list(line, expand) : undefined;
}

function sequence(line: string, expand: (text: string) => string): Repetition | RepetitionFault {
  const bad = 'Invalid ~SEQ specification';
  const [, suffix = '', from] = /^~SEQ(x?)[ \t\r\f\v]*(?=(\())/.exec(line) ?? [];
  if (from === undefined) return { faults: [bad] };
  const open = line.indexOf('(');
  const close = line.indexOf(')', open);
  if (close === -1) return { faults: ['~SEQ parameter strings too long', bad] };
  const words = expand(line.slice(open + 1, close))
    .split(',')
    .map(trimBlanks);
  const name = words[0];
  const numbers = words.slice(1).map(numberOf);
  const known = numbers.filter((number) => number !== undefined);
  if (name === '' || known.length !== numbers.length || known.length < 1 || known.length > 3) {
    return { faults: ['Invalid ~SEQ definition', bad] };
  }
  const range = rangeOf(known);
  if (range === undefined) return { faults: ['Invalid ~SEQ values', bad] };
  if (suffix === 'x' && Math.min(range.start, range.end) < 0) {
    return { faults: ['~SEQx is only valid for positive numbers', bad] };
  }
  if ((range.end - range.start) / range.step >= MOST_PASSES) {
    return { faults: ['Too many ~SEQ values', bad] };
  }
  return { passes: counted(name, range, suffix === 'x' ? 16 : 10), rest: line.slice(close + 1) };
}

/** A number, decimal, octal or hexadecimal; nothing is 0. */
function numberOf(text: string): number | undefined {
  const [, sign, digits] = /^([+-]?)(0x[\da-f]+|0[0-7]*|[1-9]\d*|)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const octal = /^0\d/.test(digits);
  const value = octal ? Number.parseInt(digits, 8) : Number(digits);
  return sign === '-' ? 0 - value : value;
}

interface Range {
  readonly start: number;
  readonly step: number;
  readonly end: number;
}

function rangeOf(numbers: readonly number[]): Range | undefined {
  const end = numbers.at(-1) as number;
  const start = numbers.length > 1 ? numbers[0] : end < 0 ? -1 : 1;
  const step = numbers.length > 2 ? numbers[1] : end < start ? -1 : 1;
  return step === 0 || (end - start) * step < 0 ? undefined : { start, step, end };
}

function* counted(
  name: string,
  { start, step, end }: Range,
  base: number,
): Generator<[[string, string]]> {
  for (let value = start; (end - value) * step >= 0; value += step) {
    yield [[name, value.toString(base)]];
  }
}

function list(line: string, expand: (text: string) => string): Repetition | RepetitionFault {
  const bad = 'Invalid ~LST specification';
  const open = /^~LST[ \t\r\f\v]*\(/.exec(line)?.[0].length;
  const close = line.indexOf(')');
  if (open === undefined || close === -1) return { faults: [bad] };
  // Braces group values, so that only parameters without braces are replaced here.
  const text = line.slice(open, close);
  const items = itemsOf(text.includes('${') ? text : expand(text));
  if (items === undefined || items.length < 2) return { faults: [bad] };
  const names = items[0] as readonly string[];
  const values = items.slice(1);
  if (values.some((tuple) => tuple.length > names.length)) {
    return { faults: ['~LST specification has too many values', bad] };
  }
  const passes = values.map((tuple) => {
    return names.map((name, index): [string, string] => [name, tuple[index] ?? '']);
  });
  return { passes, rest: line.slice(close + 1) };
}

/** The items between commas: words, or groups of words in braces. */
function itemsOf(text: string): string[][] | undefined {
  const items: string[][] = [];
  const item = /[ \t\r\f\v]*(?:\{([^{}]*)\}|([^{},]*))[ \t\r\f\v]*(,|$)/y;
  for (;;) {
    const match = item.exec(text);
    if (match === null) return undefined;
    const [, group, word, separator] = match;
    const words = group === undefined ? [word] : group.split(',');
    const trimmed = words.map(trimBlanks);
    if (trimmed.some((value) => /[ \t\r\f\v]/.test(value))) return undefined;
    items.push(group === undefined ? trimmed.map(unquoted) : trimmed);
    if (separator === '') return items;
  }
}

/** A value in quotes is an empty one. */
function unquoted(word: string): string {
  return word.startsWith('"') ? '' : word;
}
