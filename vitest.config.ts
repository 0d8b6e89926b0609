import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = fileURLToPath(new URL('src/', import.meta.url));

export default defineConfig({
  resolve: {
    // Tests and examples import the package by its own name, and meet the sources.
    alias: [
      { find: /^ipvs$/, replacement: `${source}index.ts` },
      { find: /^ipvs\/(.+)$/, replacement: `${source}$1/index.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/cli/**'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'reports/coverage',
    },
  },
});
