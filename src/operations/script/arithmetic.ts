/**
 * Arithmetic of the shell over whole numbers: `+ - * / %` and parentheses.
 */
import { Unresolved, type Variables } from './variables.js';

/** What counts a variable up or down is no token of an operation. */
const TOKEN = /\+\+|--|\d\w*|\$\{#\w+\[[@*]\]\}|\$?\{?[A-Za-z_]\w*\}?|[-+*/%()]|\S/g;

/**
 * Computes an expression.
 *
 * @param text - The inside of `$((…))`; its variables may have no `$`.
 * @param variables - The variables.
 * @returns The value.
 * @throws {Unresolved} When it is another expression, or a variable has no number.
 */
export function compute(text: string, variables: Variables): number {
  const tokens = text.replaceAll('$((', '((').match(TOKEN) ?? [];
  let at = 0;
  const refuse = (): never => {
    throw new Unresolved(`$((${text}))`, 'whole numbers with + - * / %');
  };
  const factor = (): number => {
    const token = tokens[at++] ?? refuse();
    if (token === '-') return -factor();
    if (token === '(') {
      const value = sum();
      if (tokens[at++] !== ')') refuse();
      return value;
    }
    if (token === '+') return factor();
    if (/^\d/.test(token)) return numberOf(token) ?? refuse();
    return numberOf(valueOf(token, variables) ?? refuse()) ?? refuse();
  };
  const product = (): number => {
    let value = factor();
    while (/^[*/%]$/.test(tokens[at] ?? '')) {
      const operator = tokens[at++];
      const next = factor();
      if (operator === '*') value *= next;
      else if (next === 0) refuse();
      else value = operator === '/' ? Math.trunc(value / next) : value % next;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (/^[-+]$/.test(tokens[at] ?? '')) {
      value = tokens[at++] === '+' ? value + product() : value - product();
    }
    return value;
  };
  const value = sum();
  return at === tokens.length ? value : refuse();
}

/** A number as the shell writes it: with a 0 in front it is octal. */
function numberOf(text: string): number | undefined {
  const [, sign, digits = ''] = /^(-?)(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i.exec(text.trim()) ?? [];
  if (sign === undefined) return undefined;
  const isOctal = /^0[0-7]/.test(digits);
  const value = isOctal ? Number.parseInt(digits, 8) : Number(digits);
  return sign === '-' ? -value : value;
}

/** The value of a variable, or the length of a list. */
function valueOf(token: string, variables: Variables): string | undefined {
  const [, counts, name] = /^\$?\{?(#?)([A-Za-z_]\w*)(?:\[[@*]\])?\}?$/.exec(token) ?? [];
  const values = name === undefined ? undefined : variables.read(name);
  // A list may have gaps.
  return counts === '#' ? values && String(values.filter(() => true).length) : values?.[0];
}
