/**
 * Runs the mutation tests in portions: `npm run mutation -- [FOLDER | FILE …] [--again] [--list] [--tests FILE]`, or a
 * sample of a folder: `[FOLDER …] --sample N [--seed N] [--again]`; see README.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../scripts/arguments.mjs';
import { FOLDERS } from './folders.mjs';
import { runSample, runSurvivors } from './run-sample.mjs';
import { estimateOf } from './samples.mjs';
import { describe, keepResult, reportOf, resultOf, root, sourcesOf } from './portions.mjs';

const stryker = fileURLToPath(
  new URL('node_modules/@stryker-mutator/core/bin/stryker.js', import.meta.url),
);
const USAGE = `npm run mutation -- [FOLDER | FILE ...] [--again] [--list] [--tests FILE] [--concurrency 2]
npm run mutation -- [FOLDER ...] --sample N [--seed N] [--portion 60] [--again]

Runs the mutation tests in portions; see mutation/README.md.`;
const { values, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '2' },
    tests: { type: 'string', multiple: true, default: [] },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    portion: { type: 'string', default: '60' },
  },
});

if (values.sample !== undefined) await runSamples();
else for (const source of chosenSources()) runUnlessKnown(source);
for (const [folder, { least }] of Object.entries(FOLDERS)) summarize(folder, least);

/** Tries the samples of the folders that the arguments name, or of all. */
async function runSamples() {
  const count = positive('sample', values.sample);
  const seed = positive('seed', values.seed);
  const portions = { size: positive('portion', values.portion), run: runChosen };
  const folders = positionals.map((each) => each.replace(/^src\/|\/$/gu, ''));
  const unknown = folders.find((folder) => !Object.hasOwn(FOLDERS, folder));
  if (unknown !== undefined)
    refuse(`Cannot sample ${unknown}: expected ${Object.keys(FOLDERS).join(', ')}`);
  for (const folder of folders.length === 0 ? Object.keys(FOLDERS) : folders) {
    if (values.again) await runSurvivors(folder, portions);
    else await runSample(folder, count, seed, portions);
  }
}

/** A count that an option gives. */
function positive(option, text) {
  if (!/^[1-9]\d{0,8}$/u.test(text))
    refuse(`Cannot take --${option} ${text}: expected a whole number from 1`);
  return Number(text);
}

function refuse(message) {
  console.error(message);
  process.exit(2);
}

/** Runs the portion of a source, unless that was done, and prints its score. */
function runUnlessKnown(source) {
  const before = values.again ? undefined : resultOf(source);
  if (before === undefined && !values.list) run(source);
  const result = resultOf(source);
  if (result !== undefined) console.log(`${source}: ${describe(result)}`);
}

/** The sources that the arguments name; all of them without any. */
function chosenSources() {
  const all = Object.keys(FOLDERS).flatMap(sourcesOf);
  const chosen = positionals.flatMap((each) => {
    const path = each.replace(/\/$/u, '').replace(/^(?!src\/)/u, 'src/');
    const sources = all.filter((source) => source === path || source.startsWith(`${path}/`));
    if (sources.length > 0) return sources;
    return refuse(
      `Cannot mutate ${each}: expected a source in src/{${Object.keys(FOLDERS).join(',')}} or such a folder`,
    );
  });
  return positionals.length === 0 ? all : chosen;
}

/** Runs one portion; its report is what remembers that it was run. */
function run(source) {
  const REPORT = reportOf(source);
  startStryker({ MUTATE: source.split('/')[1], REPORT }, ['--mutate', source]);
  // Without mutants there is nothing to report, and nothing to run another time.
  if (resultOf(source) === undefined) {
    mkdirSync(dirname(root + REPORT), { recursive: true });
    writeFileSync(root + REPORT, JSON.stringify({ files: {} }));
  }
  keepResult(source, values.tests);
}

/** Tries the mutants that the file CHOSEN lists. */
function runChosen(MUTATE, REPORT, CHOSEN) {
  startStryker({ MUTATE, REPORT, CHOSEN }, []);
}

/** Runs Stryker; ends this process when that failed. */
function startStryker(environment, options) {
  const command = [stryker, 'run', 'mutation/stryker.config.mjs', ...options];
  const TESTS = values.tests.join(',');
  const { status, signal } = spawnSync(
    process.execPath,
    [...command, '--concurrency', values.concurrency],
    { cwd: root, env: { ...process.env, ...environment, TESTS }, stdio: 'inherit' },
  );
  if (signal !== null) process.exit(130);
  if (status !== 0) process.exit(status ?? 1);
}

/** Prints the score of what was run of a folder; below the limit the command fails. */
function summarize(folder, least) {
  const sources = sourcesOf(folder);
  const { whole, files, ...sample } = estimateOf(sources);
  if (files === 0) return;
  const inAll = `in ${files} of ${sources.length} files`;
  const isEnough = sample.likely === undefined || sample.likely >= least;
  const verdict = `${isEnough ? 'at least' : 'not yet'} ${least} %`;
  if (sample.tried === 0) console.log(`${folder}: ${describe(whole)} ${inAll}, ${verdict}`);
  else {
    const [low, likely, high] = [sample.least, sample.likely, sample.most].map((x) => x.toFixed(1));
    console.log(
      `${folder}: about ${likely} %, with 95 % confidence ${low} to ${high} %, ${inAll}, ${verdict}; ` +
        `of a sample of ${sample.tried} of ${sample.of} mutants ${describe({ found: sample.found, all: sample.tried })}, ` +
        `in files run wholly ${describe(whole)}`,
    );
  }
  if (!isEnough) process.exitCode = 1;
}
