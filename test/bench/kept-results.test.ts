import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { composeReport } from '../../bench/report/compose.js';
import { identityOf, KeptResults, type Result } from '../../bench/report/kept-results.js';
import { measureParts } from '../../bench/report/measure-parts.js';
import { PARTS } from '../../bench/report/parts.js';

const settings = { base: undefined, quick: true };
const result: Result = {
  name: 'bytes',
  startedAt: '2026-11-30T12:00:00.000Z',
  seconds: 3,
  load: 0.5,
  text: 'IPv4: 60.0 bytes',
};
const header = {
  package: 'ipvs 0.0.0',
  node: '20',
  v8: '11',
  platform: 'linux',
  cpu: 'one',
  cores: 1,
  memoryBytes: 2 ** 30,
  rivals: {},
  missing: [],
  plan: { warmUpMs: 1, sampleMs: 1, samples: 1 },
};
const figures = { spread: 0, ratioToLimit: null, ratioToBestRival: null };
const pick = { suite: 'pick', job: 'rr, random', impl: 'ipvs', n: 8, nsPerOp: 7, ...figures };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipvs-results-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a result that is kept is there at the next start of the same build, and no other', () => {
  new KeptResults(folder, 'one').keep(result);
  expect(new KeptResults(folder, 'one').get('bytes')).toMatchObject(result);
  expect(new KeptResults(folder, 'another').get('bytes')).toBeUndefined();
});

test('a result whose file is broken off counts as none', () => {
  const kept = new KeptResults(folder, 'one');
  writeFileSync(join(folder, 'bytes.json'), '{"identity": "one", "na');
  expect(kept.get('bytes')).toBeUndefined();
});

test('nothing is kept after a fresh start', () => {
  const kept = new KeptResults(folder, 'one');
  kept.keep(result);
  kept.clear();
  expect(kept.get('bytes')).toBeUndefined();
});

test('another build and other settings have another identity', () => {
  const library = join(folder, 'index.js');
  writeFileSync(library, '1');
  const before = identityOf(library, settings);
  expect(identityOf(library, { ...settings, quick: false })).not.toBe(before);
  expect(identityOf(library, settings)).toBe(before);
  writeFileSync(library, '2');
  expect(identityOf(library, settings)).not.toBe(before);
});

test('a part that is kept is not measured again, and one for which no time is left is named', async () => {
  const kept = new KeptResults(folder, 'one');
  kept.keep(result);
  const lines: string[] = [];
  const failed = await measureParts(PARTS, kept, settings, -1, (line) => void lines.push(line));
  expect(failed.has('bytes')).toBe(false);
  expect(failed.get('connect')).toBe('no time was left');
  expect(lines).toContainEqual(expect.stringMatching(/ bytes: kept from before$/));
});

test('the report has the date and the load, texts, rows and what was not measured', async () => {
  const kept = new KeptResults(folder, 'one');
  kept.keep(result);
  const measured = { header, rows: [pick], leftOut: ['pick wlc 8', 'pick lc 8'] };
  kept.keep({ ...result, name: 'pick-few', text: '', measured });
  const failed = new Map([['connect', 'took longer than 4 minutes']]);
  const [[, text]] = await composeReport({ kept, failed, settings });
  expect(text).toContain(
    '- 2026-11-30, 2 parts in 0 minutes; load of the machine before each: 0.5 to 0.5',
  );
  expect(text).toContain(
    '- Not measured: connect (took longer than 4 minutes); 2 jobs of pick (no time was left)',
  );
  expect(text).toContain('```text\nIPv4: 60.0 bytes\n```');
  expect(text).toContain('| rr, random | 8 | ipvs | 7.0 |');
  expect(text).toContain('There is no release before this one');
});
