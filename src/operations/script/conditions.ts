/**
 * Conditions of a script that can be decided without the machine it runs on.
 */
import { matchesPattern } from '../../glob-pattern.js';

/** What a condition comes to; `unknown` when only the machine knows. */
export type Truth = boolean | 'unknown';

/** Commands that ask the machine. */
const ASKING: ReadonlySet<string> = new Set([
  'grep', 'egrep', 'fgrep', 'ping', 'ping6', 'fping', 'arping', 'pgrep', 'pidof', 'killall', 'diff', 'cmp',
  'nc', 'curl', 'wget', 'nmap', 'lsmod', 'mountpoint', 'systemctl', 'service', 'ip', 'ifconfig', 'ps',
  'test', '[', '[[', 'false', 'status', 'checkpid', 'rpm', 'dpkg', 'getent', 'pidfileofproc', 'read',
]); // prettier-ignore

/** Files that are there where the tool is. */
const PRESENT = /(?:^|\/)(?:ipvsadm|ip_vs|ipvsadm-restore|functions|lsb\/init-functions)$/;

/**
 * Decides what a command's success says.
 *
 * @param words - The command, expanded.
 * @returns Whether it succeeds, or `unknown`. Commands that do something are taken to succeed.
 */
export function truthOf(words: readonly string[]): Truth {
  const [name = '', ...rest] = words;
  const command = name.replace(/^.*\//, '');
  if (command === '[' || command === '[[') return testTruth(rest.slice(0, -1), command === '[[');
  if (command === 'test') return testTruth(rest, false);
  if (command === 'false') return false;
  if (command === 'return') return /\D/.test(rest.join('')) ? 'unknown' : !Number(rest[0] ?? 0);
  if (/^(?:which|type|command|hash)$/.test(command))
    return PRESENT.test(rest.at(-1) ?? '') || 'unknown';
  return ASKING.has(command) ? 'unknown' : true;
}

function testTruth(words: readonly string[], hasPatterns: boolean): Truth {
  const or = words.findIndex((word) => word === '-o' || word === '||');
  if (or > 0) {
    return either(
      testTruth(words.slice(0, or), hasPatterns),
      testTruth(words.slice(or + 1), hasPatterns),
    );
  }
  const and = words.findIndex((word) => word === '-a' || word === '&&');
  if (and > 0) {
    return both(
      testTruth(words.slice(0, and), hasPatterns),
      testTruth(words.slice(and + 1), hasPatterns),
    );
  }
  if (words[0] === '!') return opposite(testTruth(words.slice(1), hasPatterns));
  const [a = '', operator = '', b = ''] = words;
  if (words.length === 1) return a !== '';
  if (words.length === 2) return unaryTruth(a, operator);
  return words.length === 3 ? binaryTruth(a, operator, b, hasPatterns) : 'unknown';
}

function unaryTruth(operator: string, value: string): Truth {
  if (operator === '-z') return value === '';
  if (operator === '-n') return value !== '';
  return /^-[defrsx]$/.test(operator) && PRESENT.test(value) ? true : 'unknown';
}

function binaryTruth(a: string, operator: string, b: string, hasPatterns: boolean): Truth {
  const same = hasPatterns ? matchesPattern(b, a) : a === b;
  if (operator === '=' || operator === '==') return same;
  if (operator === '!=') return !same;
  if (!/^-?\d+$/.test(a) || !/^-?\d+$/.test(b)) return 'unknown';
  return compare(Number(a) - Number(b), operator);
}

/**
 * Compares two numbers.
 *
 * @param difference - The one less the other.
 * @param operator - The operator of `test`, such as `-lt`.
 * @returns Whether it holds; `unknown` for another operator.
 */
export function compare(difference: number, operator: string): Truth {
  switch (operator) {
    case '-eq':
      return difference === 0;
    case '-ne':
      return difference !== 0;
    case '-lt':
      return difference < 0;
    case '-le':
      return difference <= 0;
    case '-gt':
      return difference > 0;
    case '-ge':
      return difference >= 0;
    default:
      return 'unknown';
  }
}

/**
 * The negation.
 *
 * @param truth - What is negated.
 */
export function opposite(truth: Truth): Truth {
  return truth === 'unknown' ? truth : !truth;
}

function both(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : 'unknown';
}

function either(a: Truth, b: Truth): Truth {
  if (a === true || b === true) return true;
  return a === false && b === false ? false : 'unknown';
}
