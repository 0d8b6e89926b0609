/**
 * The tests that mutants are tried on: those of the folder that the environment variable MUTATE names, see
 * `folders.mjs`, or of them only the files that TESTS names, with commas between. One project, one file. Properties run an eighth of their usual cases, since each mutant meets many.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';
import { entries, root } from '../scripts/entries.mjs';
import { FOLDERS, LAST, LEFT_OUT } from './folders.mjs';

const folder = (process.env['MUTATE'] ?? 'model') as keyof typeof FOLDERS;
const only = process.env['TESTS'] ?? '';
const tests = only === '' ? FOLDERS[folder].tests : only.split(',');

const files = readdirSync(`${root}test`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !LEFT_OUT.test(path))
  .filter((path) => tests.some((each) => path.startsWith(`${each}/`) || path === `${each}.test.ts`))
  .toSorted((a, b) => Number(LAST.test(a)) - Number(LAST.test(b)) || (a < b ? -1 : 1));

/** Makes the module `tests-of-the-folder`, which imports the tests. */
const testsOfTheFolder: Plugin = {
  name: 'tests-of-the-folder',
  resolveId: (source) =>
    source === 'tests-of-the-folder' ? `${root}mutation/${source}` : undefined,
  load: (id) =>
    id.endsWith('/tests-of-the-folder')
      ? files.map((path) => `import ${JSON.stringify(`${root}test/${path}`)};`).join('\n')
      : undefined,
};

export default defineConfig({
  root,
  plugins: [testsOfTheFolder],
  resolve: {
    alias: [
      ...entries.map(({ specifier, source }) => ({
        find: new RegExp(`^${specifier}$`),
        replacement: `${root}${source}`,
      })),
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
    include: ['mutation/all.test.ts'],
    // Stryker ends what loops; a busy machine must not fail a test.
    testTimeout: 600_000,
  },
});
