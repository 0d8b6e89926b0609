import { defineConfig } from 'vitest/config';
import { entries, root } from './scripts/entries.mjs';

export default defineConfig({
  resolve: {
    // Tests and examples import the package by its own name, and meet the sources.
    alias: entries.map(({ specifier, source }) => ({
      find: new RegExp(`^${specifier}$`),
      replacement: `${root}${source}`,
    })),
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    // The default leaves a core idle, which is half of a small machine.
    maxWorkers: '100%',
    reporters: [
      'default',
      './scripts/skip-reporter.mjs',
      ['json', { outputFile: 'reports/tests.json' }],
    ],
    coverage: {
      // The gate runs every test once, and measures coverage on the way.
      enabled: process.env['COVERAGE'] === '1',
      provider: 'v8',
      include: ['src/**/*.ts'],
      // The program itself runs in processes of its own; its parts are tested here.
      exclude: ['src/cli/ipvs.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'reports/coverage',
      reportOnFailure: true,
      thresholds: { lines: 90, statements: 90, branches: 85 },
    },
  },
});
