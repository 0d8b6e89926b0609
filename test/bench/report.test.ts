import { describe, expect, test } from 'vitest';
import { fastestOf, rowsOf } from '../../bench/harness/report.js';
import type { Job } from '../../bench/harness/suite.js';
import { markdownTable, textTable } from '../../bench/harness/text-table.js';

const LIMIT = 'limit: nothing';
const impls = ['ipvs', 'rival', 'lesser rival', LIMIT];
const job: Job = {
  job: 'pick',
  subject: 'wlc',
  n: 8,
  impls,
  limit: LIMIT,
  lesser: ['lesser rival'],
};
const costs = [30, 60, 15, 10];
const candidates = impls.map((impl) => ({ impl, run: () => undefined }));
const measurements = impls.map((impl, index) => {
  const nsPerOp = costs[index];
  return { impl, nsPerOp, spread: 0.02, fastestNsPerOp: nsPerOp, samples: [nsPerOp] };
});
const rows = rowsOf('pick', job, candidates, measurements);

test('of several copies of an implementation the fastest counts', () => {
  const slower = measurements.map((each, index) => {
    return { ...each, nsPerOp: each.nsPerOp + (index === 1 ? -5 : 5) };
  });
  const fastest = fastestOf(impls, [...measurements, ...slower]);
  expect(fastest.map(({ impl, nsPerOp }) => [impl, nsPerOp])).toEqual([
    ['ipvs', 30],
    ['rival', 55],
    ['lesser rival', 15],
    [LIMIT, 10],
  ]);
});

describe('a row', () => {
  test('compares with the limit of the same run', () => {
    expect(rows.map(({ ratioToLimit }) => ratioToLimit)).toEqual([3, 6, 1.5, 1]);
  });

  test('compares with the fastest rival that does the whole job', () => {
    expect(rows.map(({ ratioToBestRival }) => ratioToBestRival)).toEqual([0.5, 1, 0.25, null]);
  });

  test('has no ratio where there is nothing to compare with', () => {
    const alone = { ...job, impls: ['ipvs'], limit: undefined };
    const [row] = rowsOf('pick', alone, candidates.slice(0, 1), measurements.slice(0, 1));
    expect(row).toMatchObject({ ratioToLimit: null, ratioToBestRival: null });
  });
});

describe('a table', () => {
  test('has a line per job and size, and below it one per implementation', () => {
    const lines = textTable(rows).split('\n');
    expect(lines.slice(1, 3)).toEqual(['', 'pick, n = 8']);
    expect(lines[3]).toMatch(/^ipvs +30\.0 +2 % +3\.00 +0\.50$/);
    expect(lines).toHaveLength(rows.length + 4);
  });

  test('names the goal of a job, and gives it to this package alone', () => {
    const job = {
      job: 'pick',
      subject: 'wlc',
      n: 8,
      impls: ['ipvs', 'limit: x'],
      limit: 'limit: x',
    };
    const figures = { spread: 0, fastestNsPerOp: 1, samples: [] };
    const measured = job.impls.map((impl) => ({ impl, nsPerOp: 2, ...figures }));
    const candidates = job.impls.map((impl) => ({ impl, run: () => {} }));
    const withGoal = rowsOf('pick', { ...job, goal: 1.5 }, candidates, measured);

    expect(withGoal.map(({ goal }) => goal)).toEqual([1.5, undefined]);
    expect(textTable(withGoal).split('\n')[2]).toBe('pick, n = 8 (at most 1.50 × limit)');
    expect(markdownTable(withGoal)).toContain('| pick (at most 1.50 × limit) |');
  });

  test('fits a terminal of 80 columns', () => {
    const impl = 'limit: independent random access';
    const figures = { nsPerOp: 62_610, ratioToLimit: 9999.99, ratioToBestRival: 9999.99 };
    const wide = rows.map((row) => ({
      ...row,
      ...figures,
      impl,
      bytesPerItem: 285.6,
      longestMs: 99.99,
    }));
    expect(
      Math.max(
        ...textTable(wide)
          .split('\n')
          .map(({ length }) => length),
      ),
    ).toBeLessThan(81);
  });

  test('has as many cells in each line of Markdown', () => {
    const cells = markdownTable(rows)
      .trimEnd()
      .split('\n')
      .map((line) => line.split('|').length);
    expect(new Set(cells).size).toBe(1);
  });
});
