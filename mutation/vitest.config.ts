/**
 * The tests that mutants are tried on: those of the mutated folder, without the slow ones that find
 * nothing else (recordings, the judgement of the reference) and those that measure cost. Properties
 * run an eighth of their usual cases, since each mutant meets many of them.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const folder = process.env['MUTATE'] ?? '*';

export default defineConfig({
  root: fileURLToPath(new URL('../', import.meta.url)),
  resolve: {
    alias: [
      {
        find: /^fast-check$/,
        replacement: fileURLToPath(new URL('fast-check.ts', import.meta.url)),
      },
      {
        find: 'fast-check/itself',
        replacement: createRequire(import.meta.url).resolve('fast-check'),
      },
    ],
  },
  test: {
    include: [`mutation/${folder}.test.ts`],
    testTimeout: 60_000,
  },
});
