/**
 * `npm run bench`: measures the built package, its limits and its rivals, and reports; see USAGE.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readArguments } from '../scripts/arguments.mjs';
import { FULL_PLAN, QUICK_PLAN } from './harness/measure.js';
import { describeRun, type Report, type Row } from './harness/report.js';
import type { Job } from './harness/suite.js';
import { textTable } from './harness/text-table.js';
import { lastRelease } from './harness/library.js';
import { markdownReport } from './harness/markdown.js';
import { qualityText, runQuality } from './harness/quality.js';
import { showProgress } from './harness/progress.js';
import { runSuite, type Selection, type SuiteRun } from './harness/run-suite.js';
import { bundleSuite } from './harness/suite-bundle.js';
import { compileInForeground } from './harness/steady-engine.js';
import { benchLive } from './live.js';
import { writeReport } from './report/write-report.js';
import { benchSockets } from './sockets.js';
import { benchSyncPair, syncTargets } from './sync-targets.js';
import { benchTranslate } from './translate.js';
import { findRivals } from './rivals/packages.js';
import { SUITES } from './suites/index.js';
import type { QualityRow } from './suites/quality.js';

const USAGE = `npm run bench -- [SUITE...] [--quick] [--large] [--only wlc,lc] [--n 8,64] [--json FILE]
                 [--markdown FILE] [--library PATH] [--seconds N]
npm run bench -- sync        also beside its targets, and with a pair of processes (--only pair for that alone)
npm run bench -- translate   ipvs translate beside tcprewrite, in processes of their own
npm run bench -- sockets     balancers and proxies with sockets, beside others
npm run bench -- live        ipvs run beside the kernel's own forwarding, in network namespaces
npm run bench -- --docs [--base COMMIT] [--fresh] [--minutes 35]    all of these, part by part, and the report with its plots
                 into docs/benchmarks, with each job against the last release or another version; a second start
                 goes on where the first one was interrupted, a fresh one begins again`;

const { values, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    only: { type: 'string' },
    n: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    library: { type: 'string', default: 'dist/index.js' },
    // The version that the report in docs/benchmarks compares with; default the last release.
    base: { type: 'string' },
    // Whether that report begins again.
    fresh: { type: 'boolean', default: false },
    // After this time that report begins no further part.
    minutes: { type: 'string', default: '35' },
    // After this time no further job is begun.
    seconds: { type: 'string' },
  },
});

/** After this time a quick run begins no further job: the last one and the report need some time, too. */
const QUICK_SECONDS = 40;
const budgetMs = 1000 * Number(values.seconds ?? (values.quick ? QUICK_SECONDS : Infinity));

const { library } = values;
/** Suites that run when none is named, and the one that is measured in processes of its own. */
const DEFAULT = [...SUITES, 'quality'];
const TRANSLATE = 'translate';
const LIVE = 'live';
const SOCKETS = 'sockets';
const ALL = [...DEFAULT, TRANSLATE, LIVE, SOCKETS];
const unknown = positionals.filter((name) => !ALL.includes(name));
compileInForeground();
if (unknown.length > 0) {
  fail(`Unknown suite ${unknown.join(', ')}: expected ${ALL.join(', ')}`);
} else if (!existsSync(library)) {
  fail(`There is no ${library}: run npm run build first`);
} else if (values.docs) {
  const { base = lastRelease(), quick, fresh } = values;
  const minutes = Number(values.minutes);
  await writeReport({ library, settings: { base, quick }, fresh, minutes, note });
} else if (positionals.includes(LIVE)) {
  await benchLive(values.quick, (line) => void process.stdout.write(`${line}\n`));
} else if (positionals.includes(SOCKETS)) {
  await benchSockets(
    values.quick,
    values.only?.split(','),
    library,
    (line) => void process.stdout.write(`${line}\n`),
  );
} else if (positionals.includes(TRANSLATE)) {
  await benchTranslate(values.quick, (line) => void process.stdout.write(`${line}\n`));
} else {
  await run(positionals.length === 0 ? DEFAULT : positionals);
}

async function run(suites: readonly string[]): Promise<void> {
  const rivals = findRivals();
  if (rivals.missing.length > 0) {
    note(`Not installed, and not measured: ${rivals.missing.join(', ')} (npm run bench:rivals)`);
  }
  const selection = selectionOf();
  const rows: Row[] = [];
  const leftOut: string[] = [];
  for (const suite of SUITES) {
    if (!suites.includes(suite)) continue;
    const run = await measureSuite(suite, selection);
    rows.push(...run.rows);
    leftOut.push(...run.leftOut.map(({ subject, n }) => `${suite} ${subject} ${n}`));
  }
  const asksForQuality = suites.includes('quality');
  const quality = asksForQuality && selection.hasTime() ? await measureQuality() : [];
  if (asksForQuality && quality.length === 0 && !selection.hasTime()) leftOut.push('quality');
  if (values.only === 'pair') return;
  if (rows.length + quality.length + leftOut.length === 0) {
    return fail('No job matches --only and --n');
  }
  const header = describeRun(version(), selection.plan, rivals.installed, rivals.missing);
  writeOut({ header, rows }, quality, leftOut);
}

async function measureSuite(suite: string, selection: Selection): Promise<SuiteRun> {
  const makeCopy = await bundleSuite(suite, library);
  const run = runSuite(makeCopy, selection, showProgress(suite));
  if (run.rows.length > 0) process.stdout.write(`\n${suite}\n\n${textTable(run.rows)}`);
  if (suite === 'sync') await addTargets(run.rows);
  return run;
}

/** Adds what is known of synchronization beside its table; the pair of processes only when the suite is asked for. */
async function addTargets(rows: readonly Row[]): Promise<void> {
  if (rows.length > 0) process.stdout.write(`\n${syncTargets(rows)}`);
  const isAsked = positionals.includes('sync');
  if (isAsked && (values.only === undefined || values.only.split(',').includes('pair'))) {
    await benchSyncPair(library, (line) => void process.stdout.write(`${line}\n`));
  }
}

async function measureQuality(): Promise<QualityRow[]> {
  const only = values.only?.split(',');
  const rows = await runQuality(library);
  const wanted = rows.filter(({ job }) => only === undefined || only.includes(job));
  if (wanted.length > 0) process.stdout.write(`\nquality\n\n${qualityText(wanted)}`);
  return wanted;
}

function selectionOf(): Selection {
  const only = values.only?.split(',');
  const sizes = values.n?.split(',').map(Number);
  return {
    // A filter asks for something that the quick scope may not have.
    scope: { quick: values.quick && sizes === undefined, large: values.large },
    plan: values.quick ? QUICK_PLAN : FULL_PLAN,
    includes: (job: Job) =>
      (only === undefined || only.includes(job.subject)) &&
      (sizes === undefined || sizes.includes(job.n)),
    hasTime: () => performance.now() < budgetMs,
  };
}

/** How many of each suite; the JSON has their names. */
function countedBySuite(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const [suite = ''] = name.split(' ');
    counts.set(suite, (counts.get(suite) ?? 0) + 1);
  }
  return [...counts].map(([suite, count]) => `${count} of ${suite}`).join(', ');
}

function writeOut(
  report: Report,
  quality: readonly QualityRow[],
  leftOut: readonly string[],
): void {
  const document = { header: report.header, rows: [...report.rows, ...quality], leftOut };
  const missing =
    leftOut.length === 0 ? '' : `Left out, for lack of time: ${countedBySuite(leftOut)}.`;
  if (missing !== '') note(missing);
  if (values.json !== undefined) write(values.json, `${JSON.stringify(document, undefined, 1)}\n`);
  if (values.markdown !== undefined) {
    const text = markdownReport(report, quality);
    write(values.markdown, missing === '' ? text : `${text}\n${missing}\n`);
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  note(`Wrote ${file}`);
}

function version(): string {
  return (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(line: string): void {
  note(line);
  process.exitCode = 2;
}
