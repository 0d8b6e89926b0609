import { defineConfig, type Plugin, type TestProjectInlineConfiguration } from 'vitest/config';
import { entries, root } from './scripts/entries.mjs';
import { LongestFirst } from './scripts/longest-first.mjs';

/**
 * Tests of whole programs: Chromium, tshark, network namespaces, the examples' servers, the command in a process of its
 * own, the playground, and what the documents show: their commands, examples, types and pictures.
 */
const SYSTEM = [
  'test/**/*tshark.test.ts',
  'test/cli/{bench,output,process,translate-follow}.test.ts',
  'test/docs/{commands,examples,pictures}.test.ts',
  'test/examples/**/*.test.ts',
  'test/package/public-types.test.ts',
  'test/playground/{page,pictures,race,scenario}.test.ts',
  'test/replay/command.test.ts',
  'test/run/{apart,hardships,keepalived,kernel-states,lab,lifecycle,nat,one-link,pauses,several-directors}.test.ts',
  'test/setup/namespaces.test.ts',
];

/** Tests that measure or change what files in one process share: the heap, the engine's settings, the environment. */
const ALONE = [
  'test/**/*allocation*.test.ts',
  'test/bench/steady-engine.test.ts',
  'test/connections/entries/chunk-memory.test.ts',
];

const FEWER_CASES = `${root}test/support/fewer-cases.ts`;

/** Gives the tests a fast-check that tries fewer cases; `npm run long` tries all. */
const fewerCases: Plugin = {
  name: 'fewer-cases',
  enforce: 'pre',
  resolveId: (source, importer) =>
    source === 'fast-check' && importer !== FEWER_CASES ? FEWER_CASES : undefined,
};

/** Some of the tests, each file in a process of its own or not. */
function project(
  mode: string,
  name: string,
  isolate: boolean,
  include: string[],
  exclude: string[] = [],
  retry = 0,
): TestProjectInlineConfiguration {
  // Not in what the projects extend: that is read again for each of them, without the mode of the command.
  const plugins = mode === 'long' ? [] : [fewerCases];
  const env = { MODE: mode };
  return { extends: true, plugins, test: { name, isolate, include, exclude, retry, env } };
}

export default defineConfig(({ mode }) => ({
  resolve: {
    // Tests and examples import the package by its own name, and meet the sources.
    alias: entries.map(({ specifier, source }) => ({
      find: new RegExp(`^${specifier}$`),
      replacement: `${root}${source}`,
    })),
  },
  test: {
    // Loading the sources again for each file would be most of the work, so files share a process.
    projects: [
      project(mode, 'unit', false, ['test/**/*.test.ts'], [...SYSTEM, ...ALONE]),
      project(mode, 'alone', true, ALONE),
      // Programs that run in real time may miss a deadline once on a busy machine; the report names them.
      project(mode, 'system', true, SYSTEM, [], 1),
    ],
    // A file that did not change is not compiled again: without that a fifth of a run is compiling and loading.
    experimental: { fsModuleCache: true },
    testTimeout: 120_000,
    // The default leaves a core idle, which is half of a small machine.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    reporters: [
      'default',
      './scripts/summary-reporter.mjs',
      ['json', { outputFile: 'reports/tests.json' }],
    ],
    coverage: {
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
}));
