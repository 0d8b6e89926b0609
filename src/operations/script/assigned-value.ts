/**
 * The value that an assignment gives a variable.
 */
import { compute } from './arithmetic.js';
import { expandText, expandWords } from './expand.js';
import type { Assignment, CommandNode } from './nodes.js';
import { isUnknown, Unresolved, type Value, type Variables } from './variables.js';
import { wordsIn } from './word-end.js';

/** A list of servers has no place behind it. */
const LAST_PLACE = 65_535;
const COMMENT = /(^|\s)#.*$/gm;

/**
 * Does an assignment.
 *
 * @param assignment - The assignment.
 * @param line - The number of its line.
 * @param variables - The variables.
 */
export function assign(
  { name, index, value, appends }: Assignment,
  line: number,
  variables: Variables,
): void {
  const before = appends ? variables.get(name) : undefined;
  const given = valueOf(value, line, before, variables);
  const unknown = { line, source: `${name}[${index}]` };
  variables.set(
    name,
    index === undefined ? given : (listWith(index, given, name, variables) ?? unknown),
  );
}

/** A list with one more element; `undefined` when its place is unknown. */
function listWith(
  index: string,
  element: Value,
  name: string,
  variables: Variables,
): Value | undefined {
  const before = variables.get(name);
  const place = placeOf(index, variables);
  if (before && isUnknown(before)) return before;
  if (typeof element !== 'string') return isUnknown(element) ? element : undefined;
  if (place === undefined) return undefined;
  const list = itemsOf(before).slice();
  list[place] = element;
  return list;
}

function placeOf(index: string, variables: Variables): number | undefined {
  try {
    const place = compute(index, variables);
    return place >= 0 && place <= LAST_PLACE ? place : undefined;
  } catch (error) {
    if (error instanceof Unresolved) return undefined;
    throw error;
  }
}

/**
 * Does what `let` and `((…))` say: a variable gets a number, or is counted up or down.
 *
 * @param expression - One expression.
 * @param line - The number of its line.
 * @param variables - The variables.
 * @returns Whether it is such an expression.
 */
export function count(expression: string, line: number, variables: Variables): boolean {
  const text = expression.replaceAll(/['"\s]/g, '');
  const step = /^(?:(\w+)(\+\+|--)|(\+\+|--)(\w+))$/.exec(text);
  const name = step?.[1] ?? step?.[4] ?? /^([A-Za-z_]\w*)[-+*/%]?=(?!=)/.exec(text)?.[1];
  if (name === undefined) return false;
  const [, operator = '', value = ''] = /^\w+([-+*/%]?)=(.*)$/.exec(text) ?? [];
  const sign = (step?.[2] ?? step?.[3])?.charAt(0);
  const sum = sign === undefined ? value : `${name}${sign}1`;
  const written = operator === '' ? sum : `${name}${operator}(${value})`;
  assign({ name, value: `$((${written}))`, appends: false }, line, variables);
  return true;
}

/**
 * Does what `export`, `local` and their relatives say.
 *
 * @param command - The command.
 * @param variables - The variables.
 */
export function declare({ words, line }: CommandNode, variables: Variables): void {
  for (const word of words.slice(1)) {
    const [, name = '', plus, value] = /^([A-Za-z_]\w*)(?:(\+?)=([\s\S]*))?$/.exec(word) ?? [];
    if (/^[dlt]/.test(words[0] ?? '')) variables.keep(name);
    if (value !== undefined) assign({ name, value, appends: plus === '+' }, line, variables);
  }
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
    const words = wordsIn(written.slice(1, -1).replaceAll(COMMENT, ''));
    const placed = words.find((word) => /^\[[^\]]*\]\+?=/.test(word));
    if (placed !== undefined) return { line, source: placed };
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
