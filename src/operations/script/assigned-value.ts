/**
 * The value that an assignment gives a variable.
 */
import { expandText, expandWords } from './expand.js';
import type { Assignment, CommandNode } from './nodes.js';
import { isUnknown, Unresolved, type Value, type Variables } from './variables.js';

const ITEMS = /(?:"[^"]*"|'[^']*'|\$\([^)]*\)|\\.|[^\s"'\\])+/g;
const COMMENT = /(^|\s)#.*$/gm;

/**
 * Does an assignment.
 *
 * @param assignment - The assignment.
 * @param line - The number of its line.
 * @param variables - The variables.
 */
export function assign(
  { name, value, appends }: Assignment,
  line: number,
  variables: Variables,
): void {
  const before = appends ? variables.get(name) : undefined;
  variables.set(name, valueOf(value, line, before, variables));
}

/**
 * The assignments of `export`, `local` and their relatives.
 *
 * @param command - The command.
 */
export function declarationsOf({ words }: CommandNode): Assignment[] {
  return words.slice(1).flatMap((word) => {
    const [, name, plus, value] = /^([A-Za-z_]\w*)(\+?)=([\s\S]*)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) return [];
    return [{ name, value, appends: plus === '+' }];
  });
}

function valueOf(
  written: string,
  line: number,
  before: Value | undefined,
  variables: Variables,
): Value {
  try {
    if (!written.startsWith('(')) {
      const text = expandText(written, variables);
      return typeof before === 'string' ? before + text : text;
    }
    const words = written.slice(1, -1).replaceAll(COMMENT, '').match(ITEMS) ?? [];
    return [...itemsOf(before), ...expandWords(words, variables)];
  } catch (error) {
    if (!(error instanceof Unresolved)) throw error;
    return { line, source: error.found };
  }
}

function itemsOf(before: Value | undefined): readonly string[] {
  if (before === undefined || isUnknown(before)) return [];
  return typeof before === 'string' ? [before] : before;
}
