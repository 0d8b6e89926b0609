/**
 * `${…}`: a variable with a default, without a part, or an element of a list.
 */
import { withoutPrefix, withoutSuffix } from '../../glob-pattern.js';
import { compute } from './arithmetic.js';
import { Unresolved, type Variables } from './variables.js';

const PARAMETER =
  /^\$\{(#?)([A-Za-z_]\w*|\d+|[@*#?])(?:\[([^\]]*)\])?(?:(:?[-=+?]|%%?|##?)([\s\S]*))?\}$/;
const READ = '${NAME}, ${NAME:-DEFAULT}, ${NAME%PATTERN}, ${NAME#PATTERN} or an element of a list';

const NEEDED = 'a variable that the script sets';

/**
 * Expands `${…}`.
 *
 * @param written - The whole of it.
 * @param variables - The variables.
 * @param expand - Expands a default.
 * @returns Its values.
 * @throws {Unresolved} When it is another form, or the variable has no value.
 */
export function expandParameter(
  written: string,
  variables: Variables,
  expand: (text: string) => string,
): readonly string[] {
  const match = PARAMETER.exec(written);
  if (match === null) throw new Unresolved(written, READ);
  const [, counts, name = '', subscript, operator = '', operand = ''] = match;
  const values = elementsOf(variables.read(name), subscript, variables);
  if (counts === '#') {
    if (subscript === undefined) return [String((values?.[0] ?? '').length)];
    return [String(values?.length ?? 0)];
  }
  if (/[-=+?]$/.test(operator)) {
    const given = withDefault(values, operator, () => expand(operand), written);
    if (operator.endsWith('=')) variables.set(name, given);
    return given;
  }
  if (values === undefined) throw new Unresolved(written, NEEDED);
  if (operator === '') return values;
  return values.map((value) => trimmed(value, operator, unquoted(operand)));
}

function elementsOf(
  values: readonly string[] | undefined,
  subscript: string | undefined,
  variables: Variables,
): readonly string[] | undefined {
  // A list may have gaps.
  if (subscript === '@' || subscript === '*') return values?.filter(() => true);
  if (values === undefined || subscript === undefined) return values;
  const element = values[compute(subscript, variables)];
  return element === undefined ? undefined : [element];
}

function withDefault(
  values: readonly string[] | undefined,
  operator: string,
  other: () => string,
  written: string,
): readonly string[] {
  const isMissing = values === undefined || (operator.startsWith(':') && values.join('') === '');
  if (operator.endsWith('+')) {
    // Whether the caller sets the variable is unknown.
    if (values === undefined) throw new Unresolved(written, NEEDED);
    return isMissing ? [] : [other()];
  }
  if (!isMissing) return values;
  if (operator.endsWith('?')) throw new Unresolved(written, NEEDED);
  return [other()];
}

function trimmed(value: string, operator: string, pattern: string): string {
  const isLongest = operator.length === 2;
  return operator.startsWith('#')
    ? withoutPrefix(pattern, value, isLongest)
    : withoutSuffix(pattern, value, isLongest);
}

function unquoted(text: string): string {
  return text.replaceAll(/['"]/g, '');
}
