import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ERROR_CODES,
  IpvsError,
  isIpvsError,
  requireInteger,
  requireKnownOptions,
  requireOneOf,
  show,
  type ErrorCode,
  type OptionNames,
} from '../src/errors.js';

test('an IpvsError is an Error with a code, a name and a message', () => {
  const error = new IpvsError('ERR_SERVER_EXISTS', 'There it is.');
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    code: 'ERR_SERVER_EXISTS',
    name: 'IpvsError',
    message: 'There it is.',
  });
});

test('an IpvsError is told from others, also by another copy of the package', () => {
  const error = new IpvsError('ERR_SERVER_EXISTS', '');
  const foreign = { [Symbol.for('ipvs.IpvsError')]: true };
  expect([isIpvsError(error), isIpvsError(foreign)]).toEqual([true, true]);
  const others = [new Error('ERR_SERVER_EXISTS'), { code: 'ERR_SERVER_EXISTS' }, null, undefined];
  expect([...others, 'x', 7].map(isIpvsError)).not.toContain(true);
});

test('the mark of an IpvsError does not show', () => {
  const error = new IpvsError('ERR_SERVER_EXISTS', '');
  expect(Object.keys(error).toSorted()).toEqual(['code', 'name']);
});

test.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s has a meaning in one sentence', (code) => {
  expect(code).toMatch(/^ERR_[A-Z_]+$/);
  expect(ERROR_CODES[code]).toMatch(/^[A-Z].*\.$/);
});

test('an integer is required within bounds, both included', () => {
  const property = fc.property(fc.integer(), fc.integer(), fc.integer(), (value, a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    if (low <= value && value <= high) {
      expect(requireInteger('number', value, low, high)).toBe(value);
    } else {
      expect(() => requireInteger('number', value, low, high)).toThrow(
        new RangeError(`Invalid number: expected an integer ${low}–${high}, got ${value}`),
      );
    }
  });
  fc.assert(property);
  for (const bound of [3, 5]) expect(requireInteger('number', bound, 3, 5)).toBe(bound);
});

test.each([1.5, Number.NaN, Infinity])('%d is no integer', (value) => {
  expect(() => requireInteger('number', value, 0, 9)).toThrow(
    new RangeError(`Invalid number: expected an integer 0–9, got ${value}`),
  );
});

test.each([
  ['3', '"3"'],
  [undefined, 'undefined'],
  [null, 'null'],
  [true, 'true'],
  [[3], 'an array'],
  [{ valueOf: () => 3 }, 'an object'],
  [() => 3, 'a function'],
  [3n, '3'],
])('%o is no number', (value, shown) => {
  expect(() => requireInteger('number', value, 0, 9)).toThrow(
    new TypeError(`Invalid number: expected an integer 0–9, got ${shown}`),
  );
});

test('one of a few strings is required', () => {
  expect(requireOneOf('letter', 'b', ['a', 'b'])).toBe('b');
  expect(() => requireOneOf('letter', 'c', ['a', 'b'])).toThrow(
    new RangeError('Invalid letter: expected a, b, got "c"'),
  );
  expect(() => requireOneOf('letter', ['a'], ['a', 'b'])).toThrow(
    new TypeError('Invalid letter: expected a, b, got an array'),
  );
});

test('a rejected value is shown short and on one line', () => {
  expect(show('a\nb')).toBe(String.raw`"a\nb"`);
  expect(show('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
  expect(show('x'.repeat(61))).toBe(`"${'x'.repeat(57)}..."`);
});

const NAMES: OptionNames<{ weight: number; port?: number }> = { weight: true, port: true };

test.each([[{}], [{ weight: 1 }], [{ port: undefined, weight: 3 }], [Object.create(null)]])(
  'options with known names are accepted: %j',
  (options) => {
    expect(() => requireKnownOptions('add a server', options, NAMES)).not.toThrow();
  },
);

test.each(['wieght', 'toString', '__proto__x', ''])('an option named %j is refused', (name) => {
  expect(() => requireKnownOptions('add a server', { weight: 1, [name]: 3 }, NAMES)).toThrow(
    new TypeError(
      `Cannot add a server: expected options weight, port, got ${JSON.stringify(name)}`,
    ),
  );
});

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['10.0.0.1:80', '"10.0.0.1:80"'],
  [7, '7'],
  [[], 'an array'],
  [() => 1, 'a function'],
])('%j is no object of options', (options, shown) => {
  expect(() => requireKnownOptions('add a server', options, NAMES)).toThrow(
    new TypeError(`Cannot add a server: expected an object with weight, port, got ${shown}`),
  );
});
