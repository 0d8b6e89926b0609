/**
 * `$(…)` for the commands whose output depends on nothing but their words.
 */
import { compute } from './arithmetic.js';
import { sequence } from './braces.js';
import { fieldOf } from './field-of-text.js';
import { SUBSTITUTIONS, Unresolved, Variables } from './variables.js';
import { wordsIn } from './word-end.js';

const PIPED =
  /^\s*echo\s+(?!-)(?<source>[^;&|<>]+)\|\s*(?<reader>(?:cut|awk|tr|sed)\s(?:'[^']*'|[^;&|<>'])+)$/;
const HERE_STRING = /^\s*(?<reader>(?:cut|awk)\s(?:'[^']*'|[^;&|<>'])+)<<<(?<source>[^;&|<>]+)$/;
/** More numbers are no list of servers. */
const LARGEST_SEQUENCE = 65_536;

/**
 * The output of a command.
 *
 * @param written - The substitution as it is written.
 * @param command - The command.
 * @param expand - Expands its words.
 * @returns Its output, without line ends at its end.
 * @throws {Unresolved} When the output depends on a machine.
 */
export function commandOutput(
  written: string,
  command: string,
  expand: (words: readonly string[]) => string[],
): string {
  const refused = new Unresolved(written, SUBSTITUTIONS);
  const bare = command.replaceAll(/2?>\s*\/dev\/null|2>&1/g, '');
  const { reader, source } = PIPED.exec(bare)?.groups ?? HERE_STRING.exec(bare)?.groups ?? {};
  if (reader !== undefined && source !== undefined) {
    const output = fieldOf(expand(wordsIn(reader)), expand(wordsIn(source)).join(' '));
    if (output !== undefined) return output.replace(/\n+$/, '');
  }
  if (/[;&|<>]/.test(bare)) throw refused;
  const [name = '', ...words] = expand(wordsIn(bare));
  const last = words.at(-1) ?? '';
  if (name === 'echo' && !words.some((word) => /^-.*e|\\/.test(word)))
    return words.filter((word) => word !== '-n').join(' ');
  if (name === 'expr') return sum(words, refused);
  if (name === 'seq') return numbers(words, written);
  if (/^(?:which|type|command)$/.test(name) && /^[\w.-]+$/.test(last)) return last;
  if (name === 'basename' && words.length === 1) return last.replace(/^.*\//, '');
  if (name === 'id' && words.join(' ') === '-u') return '0';
  if (name === 'whoami') return 'root';
  throw refused;
}

/** What `expr` writes: its numbers are decimal, and each is a word of its own. */
function sum(words: readonly string[], refused: Unresolved): string {
  if (!words.every((word) => /^(?:-?\d+|[-+*/%()])$/.test(word))) throw refused;
  const decimal = words.map((word) => word.replace(/^(-?)0+(?=\d)/, '$1'));
  return String(compute(decimal.join(' '), new Variables([])));
}

function numbers(given: readonly string[], written: string): string {
  const isPadded = given[0] === '-w';
  const words = isPadded ? given.slice(1) : given;
  const values = words.map(Number);
  const [a = Number.NaN, b, c] = values;
  const [first, step, last] =
    c === undefined ? [b === undefined ? 1 : a, 1, b ?? a] : [a, b ?? 1, c];
  if (![first, step, last].every(Number.isInteger) || step <= 0) {
    throw new Unresolved(written, SUBSTITUTIONS);
  }
  if (last - first > LARGEST_SEQUENCE) {
    throw new Unresolved(written, 'a list of 65,536 numbers at most');
  }
  if (last < first) return '';
  const width = isPadded ? Math.max(...words.map((word) => word.length)) : 0;
  return sequence(first, step, last)
    .map((number) => String(number).padStart(width, '0'))
    .join('\n');
}
