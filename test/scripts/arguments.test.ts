/** What scripts do with their command line: `--help` shows the usage, and what is wrong gives a line, not a stack trace. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';

const SCRIPT = `
import { readArguments, readCounts } from '${root}scripts/arguments.mjs';
const given = process.env.COUNTS
  ? readCounts('usage of it', [7, 1])
  : readArguments('usage of it', { options: { n: { type: 'string' } }, allowPositionals: true }).values;
console.log(JSON.stringify(given));`;

function run(words: readonly string[], counts: boolean) {
  const parameters = ['--input-type=module', '--eval', SCRIPT, '--', 'script', ...words];
  const env = { ...process.env, COUNTS: counts ? '1' : '' };
  const { stdout, stderr, status } = spawnSync(process.execPath, parameters, {
    encoding: 'utf8',
    env,
  });
  return [status, `${stdout}${stderr}`.trim()];
}

describe('options', () => {
  it.each([
    [
      ['--n', '8'],
      [0, '{"n":"8"}'],
    ],
    [
      ['--n', '8', '--help'],
      [0, 'usage of it'],
    ],
    [
      ['--m', '8'],
      [2, "Unknown option '--m' (--help shows the usage)"],
    ],
    [['--n'], [2, "Option '-n, --n <value>' argument missing (--help shows the usage)"]],
  ])('%j', (words, expected) => {
    const [status, text] = run(words, false);
    expect([status, String(text).replace("'--n <value>'", "'-n, --n <value>'")]).toEqual(expected);
  });
});

describe('counts', () => {
  it.each([
    [[], [0, '[7,1]']],
    [['12'], [0, '[12,1]']],
    [['--help'], [0, 'usage of it']],
    [['-1'], [2, expect.stringMatching(/^expected at most 2 whole .* got -1 \(--help/)]],
    [
      ['1', '2', '3'],
      [2, expect.stringMatching(/got 3 /)],
    ],
    [['1.5'], [2, expect.stringMatching(/got 1\.5 /)]],
  ])('%j', (words, expected) => {
    expect(run(words, true)).toEqual(expected);
  });
});
