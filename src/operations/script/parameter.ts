/**
 * `${…}`: a variable with a default, without a part, or an element of a list.
 */
import { withoutPrefix, withoutSuffix } from '../../glob-pattern.js';
import { compute } from './arithmetic.js';
import { Unresolved, type Variables } from './variables.js';

const PARAMETER =
  /^\$\{(#?)([A-Za-z_]\w*|\d+|[@*#?])(?:\[([^\]]*)\])?(?:(:?[-=+?]|%%?|##?)([\s\S]*))?\}$/;
const PART = /^\$\{([A-Za-z_]\w*|\d+|@)(?:\[([^\]]*)\])?:([^:]+)(?::([^:]+))?\}$/;
const REPLACED =
  /^\$\{([A-Za-z_]\w*|\d+)(?:\[([^\]]*)\])?\/(\/?)((?:[\w.,:;@=+ -]|\\.)+)(?:\/([^/]*))?\}$/;
const INDIRECT = /^\$\{!([A-Za-z_]\w*)(\[[@*]\])?\}$/;
const READ =
  '${NAME}, ${NAME:-DEFAULT}, ${NAME%PATTERN}, ${NAME#PATTERN}, ${NAME:FROM:LENGTH}, ${NAME/TEXT/OTHER} or an element of a list';

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
  if (match === null) return expandOther(written, variables, expand);
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

/** The forms of bash. */
function expandOther(
  written: string,
  variables: Variables,
  expand: (text: string) => string,
): readonly string[] {
  const read = (name: string, subscript?: string): readonly string[] => {
    const values = elementsOf(variables.read(name), subscript, variables);
    if (values === undefined) throw new Unresolved(written, NEEDED);
    return values;
  };
  const [, pointer, keys] = INDIRECT.exec(written) ?? [];
  if (pointer !== undefined) {
    const values = variables.read(pointer);
    if (values === undefined) throw new Unresolved(written, NEEDED);
    if (keys !== undefined) return values.flatMap((_, index) => [String(index)]);
    const [target = ''] = values;
    if (/^[A-Za-z_]\w*$/.test(target)) return read(target);
  }
  const [, name, subscript, from, length] = PART.exec(written) ?? [];
  if (name !== undefined && from !== undefined) {
    const part = (text: string): number => compute(expand(text), variables);
    const [start, count] = [part(from), length === undefined ? undefined : part(length)];
    const isList = name === '@' || /^[@*]$/.test(subscript ?? '');
    const first = name === '@' ? start - 1 : start;
    if (first >= 0 || name !== '@') return partOf(read(name, subscript), isList, first, count);
  }
  const [, changed, index, all, text = '', other = ''] = REPLACED.exec(written) ?? [];
  if (changed === undefined) throw new Unresolved(written, READ);
  const found = text.replaceAll(/\\(.)/g, '$1');
  const replacement = expand(other);
  return read(changed, index).map((value) =>
    all === '/'
      ? value.replaceAll(found, () => replacement)
      : value.replace(found, () => replacement),
  );
}

/** A part of a list, or of each text; a start below 0 counts from the end. */
function partOf(
  values: readonly string[],
  isList: boolean,
  start: number,
  count: number | undefined,
): readonly string[] {
  const cut = <T extends string | readonly string[]>(whole: T): T => {
    const from = start < 0 ? whole.length + start : start;
    if (from < 0) return whole.slice(0, 0) as T;
    const end = count === undefined ? undefined : count < 0 ? count : from + count;
    return whole.slice(from, end) as T;
  };
  return isList ? cut(values) : values.map((value) => cut(value));
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
