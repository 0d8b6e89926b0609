/**
 * Runs the mutation tests in portions: `npm run mutation -- [FOLDER | FILE …] [--again] [--list] [--tests FILE]`; see README.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FOLDERS } from './folders.mjs';
import { describe, keepResult, reportOf, resultOf, root, sourcesOf } from './portions.mjs';

const stryker = fileURLToPath(
  new URL('node_modules/@stryker-mutator/core/bin/stryker.js', import.meta.url),
);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '2' },
    tests: { type: 'string', multiple: true, default: [] },
  },
});

for (const source of chosenSources()) {
  const before = values.again ? undefined : resultOf(source);
  if (before === undefined && !values.list) run(source);
  const result = resultOf(source);
  if (result !== undefined) console.log(`${source}: ${describe(result)}`);
}
for (const [folder, { least }] of Object.entries(FOLDERS)) summarize(folder, least);

/** The sources that the arguments name; all of them without any. */
function chosenSources() {
  const all = Object.keys(FOLDERS).flatMap(sourcesOf);
  const chosen = positionals.flatMap((each) => {
    const path = each.replace(/\/$/u, '').replace(/^(?!src\/)/u, 'src/');
    const sources = all.filter((source) => source === path || source.startsWith(`${path}/`));
    if (sources.length > 0) return sources;
    console.error(
      `Cannot mutate ${each}: expected a source in src/{${Object.keys(FOLDERS).join(',')}} or such a folder`,
    );
    process.exit(2);
  });
  return positionals.length === 0 ? all : chosen;
}

/** Runs one portion; its report is what remembers that it was run. */
function run(source) {
  const REPORT = reportOf(source);
  const MUTATE = source.split('/')[1];
  const command = [stryker, 'run', 'mutation/stryker.config.mjs', '--mutate', source];
  const TESTS = values.tests.join(',');
  const { status, signal } = spawnSync(
    process.execPath,
    [...command, '--concurrency', values.concurrency],
    { cwd: root, env: { ...process.env, MUTATE, REPORT, TESTS }, stdio: 'inherit' },
  );
  if (signal !== null) process.exit(130);
  if (status !== 0) process.exit(status ?? 1);
  // Without mutants there is nothing to report, and nothing to run another time.
  if (resultOf(source) === undefined) {
    mkdirSync(dirname(root + REPORT), { recursive: true });
    writeFileSync(root + REPORT, JSON.stringify({ files: {} }));
  }
  keepResult(source, values.tests);
}

/** Prints the score of what was run of a folder; below the limit the command fails. */
function summarize(folder, least) {
  const sources = sourcesOf(folder);
  const results = sources.map(resultOf).filter((each) => each !== undefined);
  if (results.length === 0) return;
  const found = results.reduce((sum, each) => sum + each.found, 0);
  const all = results.reduce((sum, each) => sum + each.all, 0);
  const isEnough = all === 0 || (100 * found) / all >= least;
  console.log(
    `${folder}: ${describe({ found, all })} in ${results.length} of ${sources.length} files, ` +
      `${isEnough ? 'at least' : 'not yet'} ${least} %`,
  );
  if (!isEnough) process.exitCode = 1;
}
