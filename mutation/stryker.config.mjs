/**
 * Mutation tests of one folder of `src`; see README.md beside this file.
 *
 * The environment variable MUTATE names the folder, `model` or `schedulers`.
 */
const folder = process.env.MUTATE;
const runner = 'node_modules/@stryker-mutator/vitest-runner/dist/src/index.js';

export default {
  packageManager: 'npm',
  plugins: [new URL(runner, import.meta.url).href],
  testRunner: 'vitest',
  vitest: { configFile: 'mutation/vitest.config.ts' },
  mutate: [`src/${folder}/*.ts`, '!src/**/index.ts'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 10_000,
  timeoutFactor: 0.5,
  tempDirName: 'mutation/.stryker-tmp',
  ignorePatterns: ['dist', 'docs', 'examples', 'bench', 'reports', 'mutation/reports'],
  warnings: { slow: false },
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `mutation/reports/${folder}.json` },
  htmlReporter: { fileName: `mutation/reports/${folder}.html` },
  thresholds: { high: 95, low: 90, break: 90 },
};
