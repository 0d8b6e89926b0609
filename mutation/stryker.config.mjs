/**
 * Mutation tests of one portion, as `run.mjs` starts them: MUTATE names the folder, REPORT the file to write, CHOSEN the
 * file that lists the mutants, when it is part of a sample.
 */
import { readFileSync } from 'node:fs';

const locally = (path) => new URL(path, import.meta.url).href;

const chosen = process.env.CHOSEN;
const sample = chosen && {
  mutate: JSON.parse(readFileSync(chosen, 'utf8')).map(({ range }) => range),
  checkers: ['chosen-mutants'],
};

export default {
  packageManager: 'npm',
  plugins: [locally('test-runner.mjs'), locally('chosen-mutants.mjs')],
  ...sample,
  testRunner: 'tests',
  // All tests are imported by one file that vitest finds related to no source.
  vitest: { configFile: 'mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // Endless loops are ended by the count of hits; a busy machine must not look like one.
  timeoutMS: 60_000,
  dryRunTimeoutMinutes: 60,
  timeoutFactor: 0.5,
  tempDirName: 'mutation/.stryker-tmp',
  ignorePatterns: [
    '/dist',
    'docs/api',
    'docs/node_modules',
    '/examples',
    '/bench',
    '/reports',
    'mutation/reports',
  ],
  warnings: { slow: false },
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: process.env.REPORT },
  thresholds: { high: 95, low: 85, break: null },
};
