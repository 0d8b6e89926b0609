import { describe, expect, test } from 'vitest';
import type { Report } from '../../bench/harness/report.js';
import { ipvs } from './support.js';

describe('ipvs bench', () => {
  test('writes rows with their limit and rival as JSON', async () => {
    const { code, out } = await ipvs(['bench', 'pick', '--only', 'rr', '--n', '8', '--json', '-']);
    const { header, rows } = JSON.parse(out) as Report;
    expect(code).toBe(0);
    expect(header.package).toMatch(/^ipvs /);
    expect(rows.find(({ impl, job }) => impl === 'ipvs' && job === 'rr, random')).toEqual({
      suite: 'pick',
      job: 'rr, random',
      impl: 'ipvs',
      n: 8,
      nsPerOp: expect.any(Number),
      spread: expect.any(Number),
      ratioToLimit: expect.any(Number),
      ratioToBestRival: expect.any(Number),
    });
  });

  test('measures the bytes of a connection', async () => {
    const { out } = await ipvs(['bench', 'table', '--only', 'hit', '--n', '10000', '--json', '-']);
    const ours = (JSON.parse(out) as Report).rows.find(({ impl }) => impl === 'ipvs');
    expect(ours?.bytesPerItem).toBeGreaterThan(0);
  });

  test('prints a table', async () => {
    const { out } = await ipvs(['bench', 'pick', '--only', 'fo', '--n', '2']);
    expect(out).toMatch(/^pick\n\nimplementation +ns\/op.*\n\nfo, equal, n = 2\nipvs +[\d.]+ /);
  });

  test.each([
    [['nothing'], /unknown suite 'nothing'; expected pick, table/],
    [['--only', 'xyz'], /no job matches/],
    [['--n', 'many'], /--n: expected numbers/],
  ])('refuses %j', async (words, message) => {
    const { code, err } = await ipvs(['bench', ...words]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
