/**
 * The options of a command: one table from which they are read, explained and refused.
 */
import { parseArgs } from 'node:util';
import { type OptionTable, UsageError } from './command.js';
import { wrap } from './wrap.js';

/** What a command line says. */
export interface Arguments {
  /** Option values by long name; `true` for a switch. */
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  /** The words that are no options, in order. */
  readonly operands: readonly string[];
}

/**
 * Reads the words after a command's name.
 *
 * @param argv - The words.
 * @param table - The options that are allowed.
 * @returns The values and the other words.
 * @throws {UsageError} On an unknown option, a missing value or one too many.
 */
export function readArguments(argv: readonly string[], table: OptionTable): Arguments {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: joinNegatives(argv, table),
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values: values, operands: positionals };
  } catch (error) {
    throw new UsageError(`${firstSentence(error)}; allowed: ${describeBriefly(table)}`);
  }
}

/** A negative number behind an option is its value: `--seed -5`, as `--seed=-5`. */
function joinNegatives(argv: readonly string[], table: OptionTable): string[] {
  const words: string[] = [];
  for (const word of argv) {
    const option = /^--(.+)$/.exec(words.at(-1) ?? '')?.[1] ?? '';
    const isValue = /^-\d/.test(word) && table[option]?.value !== undefined;
    if (isValue) words[words.length - 1] = `--${option}=${word}`;
    else words.push(word);
  }
  return words;
}

/**
 * Reads an integer option.
 *
 * @param args - What the command line says.
 * @param name - The option's long name.
 * @param fallback - The value when it is absent.
 * @param low - Smallest allowed value.
 * @param high - Greatest allowed value.
 * @returns The value.
 * @throws {UsageError} When it is no integer within the bounds.
 */
export function integerOption(
  args: Arguments,
  name: string,
  fallback: number,
  low: number,
  high: number,
): number {
  const text = args.values[name];
  if (typeof text !== 'string') return fallback;
  const number = /^-?\d+(?:e\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!(number >= low && number <= high)) {
    throw new UsageError(`--${name}: expected an integer ${low}–${high}, got '${text}'`);
  }
  return number;
}

/**
 * Reads an option with a text.
 *
 * @param args - What the command line says.
 * @param name - The option's long name.
 * @returns The text; `undefined` when it is absent.
 */
export function textOption({ values }: Arguments, name: string): string | undefined {
  const text = values[name];
  return typeof text === 'string' ? text : undefined;
}

/**
 * Reads an option that is one of a few words.
 *
 * @param args - What the command line says.
 * @param name - The option's long name.
 * @param allowed - The words.
 * @returns The word; `undefined` when it is absent.
 * @throws {UsageError} When it is another word.
 */
export function choiceOption<T extends string>(
  args: Arguments,
  name: string,
  allowed: readonly T[],
): T | undefined {
  const text = textOption(args, name);
  if (text === undefined || (allowed as readonly string[]).includes(text)) return text as T;
  throw new UsageError(`--${name}: expected ${allowed.join(' or ')}, got '${text}'`);
}

/**
 * Lists options for a help text.
 *
 * @param table - The options.
 * @param columns - How many characters fit on a line.
 * @returns One option after the other, indented, each ending in a line feed.
 */
export function describeOptions(table: OptionTable, columns: number): string {
  const rows = Object.entries(table).map(([name, { value, help }]) => [spell(name, value), help]);
  const width = Math.max(...rows.map(([left]) => left.length));
  const indent = ' '.repeat(width + 4);
  return rows
    .map(([left, help]) => `${wrap(`  ${left.padEnd(width)}  ${help}`, columns, indent)}\n`)
    .join('');
}

function describeBriefly(table: OptionTable): string {
  return Object.entries(table)
    .map(([name, { value }]) => spell(name, value))
    .join(', ');
}

function spell(name: string, value: string | undefined): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** Node's messages go on with advice on `--`; the first sentence says what is wrong. */
function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const option = /^Option '(.+?)' argument is ambiguous/.exec(message)?.[1];
  if (option !== undefined) return `${option} needs a value`;
  const sentence = message.split(/\.\s|\n/, 1)[0];
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}
