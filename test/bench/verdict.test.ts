import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRegression, isSuspicious, judge } from '../../bench/harness/verdict.js';

describe('a regression', () => {
  test('is a cost that is 10 % higher in most processes', () => {
    expect(isRegression([1.1, 1.04, 1.12, 1.09, 1.02])).toBe(true);
  });

  test('is not seen in noise around the same cost', () => {
    expect(isRegression([1.02, 0.98, 1.04, 1, 0.99])).toBe(false);
  });

  test('is seen although one process was disturbed', () => {
    expect(isRegression([1.2, 1.21, 0.7, 1.19, 1.2])).toBe(true);
  });

  test('is not seen when only some processes were disturbed', () => {
    expect(isRegression([1.5, 1.4, 1.3, 1.0, 1.0])).toBe(false);
  });

  test('is never a median of 1.06 or less', () => {
    const ratios = fc.array(fc.double({ min: 0.5, max: 1.06, noNaN: true }), { minLength: 5 });
    fc.assert(fc.property(ratios, (each) => !isRegression(each)));
  });

  test('is any cost that is more than 1.06 times as high everywhere', () => {
    const ratios = fc.array(fc.double({ min: 1.07, max: 9, noNaN: true }), { minLength: 1 });
    fc.assert(fc.property(ratios, isRegression));
  });
});

describe('a verdict', () => {
  test('has one ratio for each process and their median', () => {
    const process = (ratio: number) => [{ job: 'a', ratio, baseNs: 10 }];
    const [verdict] = judge([process(1.3), process(1.1), process(1.2)]);
    expect(verdict).toMatchObject({
      job: 'a',
      ratios: [1.3, 1.1, 1.2],
      ratio: 1.2,
      regressed: true,
    });
  });

  test('rests on further processes that measured some of the jobs', () => {
    const change = (job: string, ratio: number) => ({ job, ratio, baseNs: 10 });
    const verdicts = judge([[change('a', 1), change('b', 1.2)], [change('b', 1.1)]]);
    expect(verdicts.map(({ ratios }) => ratios)).toEqual([[1], [1.2, 1.1]]);
  });

  test.each([
    { ratios: [1.2, 1.2, 1.2], suspicious: false },
    { ratios: [1.2, 1.2, 1], suspicious: true },
    { ratios: [1.05, 1.05, 1.05], suspicious: true },
    { ratios: [1.02, 1.02, 1.5], suspicious: false },
    { ratios: [0.8, 0.8, 0.8], suspicious: false },
  ])('of the ratios $ratios asks for further processes: $suspicious', ({ ratios, suspicious }) => {
    const [verdict] = judge(ratios.map((ratio) => [{ job: 'a', ratio, baseNs: 10 }]));
    expect(verdict !== undefined && isSuspicious(verdict)).toBe(suspicious);
  });

  test('is no regression when the versions cannot be compared', () => {
    const [verdict] = judge([[{ job: 'a', ratio: null, baseNs: Number.NaN }]]);
    expect(verdict).toMatchObject({ ratio: null, regressed: false });
  });
});
