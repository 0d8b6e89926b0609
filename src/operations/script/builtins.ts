/**
 * The commands of the shell itself that change variables or arguments.
 */
import { count, declare } from './assigned-value.js';
import { compute } from './arithmetic.js';
import { compare, type Truth } from './conditions.js';
import type { CommandNode } from './nodes.js';
import type { ScriptInput } from './script-input.js';
import { unresolved, type Variables } from './variables.js';

/** The inside of `((… < …))`. */
const COMPARISON = /^([^<>=!&|?]+)([<>]=?|[=!]=)([^<>=!&|?]+)$/;
const OPERATORS: Readonly<Record<string, string>> = {
  '<': '-lt',
  '<=': '-le',
  '>': '-gt',
  '>=': '-ge',
  '==': '-eq',
  '!=': '-ne',
};

/**
 * Does such a command.
 *
 * @param words - Its words, expanded.
 * @param node - The command.
 * @param variables - The variables.
 * @param input - What `read` reads.
 * @returns Whether it succeeds; `unknown` when it cannot be followed; `undefined` when it is another command.
 */
export function runBuiltin(
  words: readonly string[],
  node: CommandNode,
  variables: Variables,
  input: ScriptInput,
): Truth | undefined {
  const [name = '', ...rest] = words;
  switch (name) {
    case 'export':
    case 'local':
    case 'declare':
    case 'readonly':
    case 'typeset':
      declare(node, variables);
      return true;
    case 'let':
      return calculate(rest, node.line, variables);
    case 'unset':
      for (const each of rest) variables.unset(each);
      return true;
    case 'read':
      return input.read(words, node) ?? 'unknown';
    case 'set':
      if (!/^(?:--|[^-+])/.test(rest[0] ?? '-')) return undefined;
      variables.setParameters(rest[0] === '--' ? rest.slice(1) : rest);
      return true;
    case 'printf':
      return rest[0] === '-v' ? 'unknown' : undefined;
    case 'mapfile':
    case 'readarray':
      return 'unknown';
    case 'getopts':
      return (variables.parameters[0] ?? '').startsWith('-') ? 'unknown' : false;
    case 'shift':
      variables.shift(Number(rest[0] ?? 1));
      return true;
    default:
      return undefined;
  }
}

function calculate(expressions: readonly string[], line: number, variables: Variables): Truth {
  const compared = COMPARISON.exec(expressions.join(' '));
  if (compared !== null) return comparison(compared, variables);
  const [first = ''] = expressions;
  if (expressions.length === 1 && /^[\w$+*/% -]*\w$/.test(first) && !/\+\+|--/.test(first))
    return comparison(['', first, '!=', '0'], variables);
  const isDone = expressions.map((each) => count(each, line, variables));
  return isDone.every(Boolean) || 'unknown';
}

function comparison(
  [, left = '', operator = '', right = '']: readonly string[],
  variables: Variables,
): Truth {
  try {
    const difference = compute(left, variables) - compute(right, variables);
    return compare(difference, OPERATORS[operator] ?? '');
  } catch (error) {
    unresolved(error);
    return 'unknown';
  }
}
