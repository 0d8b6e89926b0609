/**
 * When a spare engine is asked to read the journal.
 */
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { JournalWatch } from '../../src/run/supervisor/journal-watch.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipvs-journal-watch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a spare engine reads what has come, and is left alone else, but for once a second', () => {
  const path = join(folder, 'journal');
  const watch = new JournalWatch(path);
  // There is no journal yet.
  expect([0, 50, 100].map((ms) => watch.isDue(ms))).toEqual([true, false, false]);
  writeFileSync(path, 'ab');
  expect([150, 200].map((ms) => watch.isDue(ms))).toEqual([true, false]);
  appendFileSync(path, 'c');
  expect([250, 300].map((ms) => watch.isDue(ms))).toEqual([true, false]);
  // Another one of the same length.
  writeFileSync(`${path}.new`, 'xyz');
  renameSync(`${path}.new`, path);
  expect([350, 400, 1349, 1350, 1400].map((ms) => watch.isDue(ms))).toEqual([
    true,
    false,
    false,
    true,
    false,
  ]);
});
