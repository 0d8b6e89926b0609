import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kernelRules } from '../../src/model/kernel-profile.js';
import {
  effectiveLowerThreshold,
  overloadRules,
  requireThresholds,
} from '../../src/model/thresholds.js';

const { afterEdit, afterOpening, afterClosing } = overloadRules(kernelRules('6.1.192'));
const small = fc.nat(12);
const flag = fc.boolean();

describe('the effective lower threshold', () => {
  test.each([
    [4, 0, 3],
    [1, 0, 1],
    [3, 0, 3],
    [10, 0, 8],
    [5, 2, 2],
    [6, 6, 6],
    [0, 0, 0],
    [2 ** 31 - 1, 0, 1_610_612_736],
  ])('of upper %d and lower %d is %d', (upper, lower, effective) => {
    expect(effectiveLowerThreshold(upper, lower)).toBe(effective);
  });
});

describe('the overloaded flag', () => {
  test('rises when the number of connections, counted one by one, reaches the upper threshold', () => {
    const property = fc.property(flag, small, small, small, (before, total, opened, upper) => {
      let expected = before;
      for (let step = 1; step <= opened; step++) expected ||= total + step === upper;
      expect(afterOpening(before, total, total + opened, upper)).toBe(expected);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test('falls when the number, counted one by one, drops below the lower threshold', () => {
    const property = fc.property(flag, small, small, small, (before, left, closed, lower) => {
      let expected = before;
      for (let total = left + closed; total > left; total--) if (total === lower) expected = false;
      expect(afterClosing(before, left + closed, left, lower)).toBe(expected);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test.each([
    ['falls without an upper threshold', [true, 9, 0, 8, 0], false],
    ['rises at the upper threshold', [false, 4, 4, 8, 3], true],
    ['falls below the lower threshold', [true, 2, 4, 8, 3], false],
    ['stays up in between', [true, 3, 4, 8, 3], true],
    ['stays down in between', [false, 3, 4, 8, 3], false],
  ] as [string, Parameters<typeof afterEdit>, boolean][])(
    'with other thresholds %s',
    (_, args, after) => {
      expect(afterEdit(...args)).toBe(after);
    },
  );
});

describe('the overloaded flag before 6.1.183', () => {
  const old = overloadRules(kernelRules('6.1.176'));

  test('rises whenever the number is at or above the upper threshold, whatever it was before', () => {
    fc.assert(
      fc.property(flag, small, small, small, (before, from, to, upper) => {
        const expected = before || (upper > 0 && to >= upper);
        expect(old.afterOpening(before, from, to, upper)).toBe(expected);
      }),
    );
  });

  test('is cleared by a close that leaves less than the lower threshold, or without one', () => {
    fc.assert(
      fc.property(flag, small, small, small, (before, from, to, lower) => {
        const expected = before && lower > 0 && to >= lower;
        expect(old.afterClosing(before, from, to, lower)).toBe(expected);
      }),
    );
  });

  test('concerns templates, as it does not since', () => {
    const { concernsTemplates } = overloadRules(kernelRules('6.1.192'));
    expect([old.concernsTemplates, concernsTemplates]).toEqual([true, false]);
  });

  test('is cleared by an edit that raises or removes the upper threshold, and by no other', () => {
    fc.assert(
      fc.property(flag, small, small, small, (before, total, upper, upperBefore) => {
        const expected = before && upper !== 0 && upper <= upperBefore;
        expect(old.afterEdit(before, total, upper, upperBefore, upper)).toBe(expected);
      }),
    );
  });
});

describe('a pair of thresholds', () => {
  test.each([
    [0, 0],
    [5, 5],
    [2147483647, 2147483647],
  ])('%d and %d is allowed', (upper, lower) => {
    expect(() => requireThresholds(upper, lower)).not.toThrow();
  });

  test.each([
    [-1, 0, 'Invalid upper threshold: expected an integer 0–2147483647, got -1'],
    [2147483648, 0, 'Invalid upper threshold: expected an integer 0–2147483647, got 2147483648'],
    [5, 6, 'Invalid lower threshold: expected an integer 0–5, got 6'],
    [0, 1, 'Invalid lower threshold: expected an integer 0–0, got 1'],
    [5, -1, 'Invalid lower threshold: expected an integer 0–5, got -1'],
  ])('%d and %d is refused', (upper, lower, message) => {
    expect(() => requireThresholds(upper, lower)).toThrow(new RangeError(message));
  });
});
