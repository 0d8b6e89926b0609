import { expect, test } from 'vitest';
import { type Candidate, estimate, pendingOf } from '../../mutation/samples.mjs';

const candidates: Candidate[] = ['c', 'a', 'd', 'b', 'f', 'e'].map((rank, index) => ({
  source: index < 3 ? 'old.ts' : 'new.ts',
  name: `of rank ${rank}`,
  rank,
  range: '',
}));

const ranksOf = (count: number, tried: Record<string, string>): string[] =>
  pendingOf(candidates, count, (source) => tried[source] ?? '').map(({ rank }) => rank);

test('a sample is the mutants of the lowest ranks', () => {
  expect(ranksOf(3, {})).toEqual(['a', 'b', 'c']);
});

test('a larger sample adds to what was tried', () => {
  expect(ranksOf(5, { 'old.ts': 'c', 'new.ts': 'c' })).toEqual(['d', 'e']);
});

test('a source that changed is tried again, up to the rank of the others', () => {
  expect(ranksOf(1, { 'old.ts': 'd' })).toEqual(['b']);
});

const counts = { whole: { found: 0, all: 0 }, files: 1 };

test('the interval of a small sample of many is that of Wilson', () => {
  const { least, likely, most } = estimate({ ...counts, found: 81, tried: 263, of: 1e9 });

  expect(likely).toBeCloseTo(30.8, 1);
  // A published example: 81 of 263 with a confidence of 95 %.
  expect(least).toBeCloseTo(25.5, 1);
  expect(most).toBeCloseTo(36.6, 1);
});

test('the interval closes when all mutants are tried', () => {
  const early = estimate({ ...counts, found: 90, tried: 100, of: 1000 });
  const late = estimate({ ...counts, found: 891, tried: 990, of: 1000 });

  expect(Number(late.most) - Number(late.least)).toBeLessThan(
    (Number(early.most) - Number(early.least)) / 10,
  );
  expect(estimate({ ...counts, found: 900, tried: 1000, of: 1000 })).toMatchObject({
    least: 90,
    likely: 90,
    most: 90,
  });
});

test('files that were run wholly count with all of their mutants', () => {
  const whole = { found: 300, all: 300 };

  expect(estimate({ ...counts, whole, found: 5, tried: 10, of: 100 }).likely).toBe(87.5);
  expect(estimate({ ...counts, whole, found: 0, tried: 0, of: 0 }).likely).toBe(100);
});

test('without a mutant tried nothing is likely', () => {
  expect(estimate({ ...counts, found: 0, tried: 0, of: 100 })).not.toHaveProperty('likely');
});
