/**
 * `npm run bench`: measures the built package, its limits and its rivals, and reports.
 *
 *     npm run bench -- [SUITE...] [--quick] [--large] [--only wlc,lc] [--n 8,64] [--json FILE]
 *                      [--markdown FILE] [--library PATH]
 *     npm run bench -- --docs      all suites, and the report with its plots into docs/benchmarks
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { FULL_PLAN, QUICK_PLAN } from '../src/cli/bench/measure.js';
import { describeRun, type Report, type Row } from '../src/cli/bench/report.js';
import type { Job } from '../src/cli/bench/suite.js';
import { textTable } from '../src/cli/bench/text-table.js';
import { docsFiles } from './harness/docs.js';
import { markdownReport } from './harness/markdown.js';
import { showProgress } from './harness/progress.js';
import { runSuite, type Selection } from './harness/run-suite.js';
import { bundleSuite } from './harness/suite-bundle.js';
import { compileInForeground } from '../src/cli/bench/steady-engine.js';
import { findRivals } from './rivals/packages.js';
import { SUITES } from './suites/index.js';

const { values, positionals } = parseArgs({
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
  },
});

const unknown = positionals.filter((name) => !SUITES.includes(name));
compileInForeground();
if (unknown.length > 0) {
  fail(`Unknown suite ${unknown.join(', ')}: expected ${SUITES.join(', ')}`);
} else if (!existsSync(values.library)) {
  fail(`There is no ${values.library}: run npm run build first`);
} else {
  await run(positionals.length === 0 ? SUITES : positionals);
}

async function run(suites: readonly string[]): Promise<void> {
  const rivals = findRivals();
  if (rivals.missing.length > 0) {
    note(`Not installed, and not measured: ${rivals.missing.join(', ')} (npm run bench:rivals)`);
  }
  const selection = selectionOf();
  const rows: Row[] = [];
  for (const suite of suites) rows.push(...(await measureSuite(suite, selection)));
  if (rows.length === 0) return fail('No job matches --only and --n');
  const header = describeRun(version(), selection.plan, rivals.installed, rivals.missing);
  await writeOut({ header, rows });
}

async function measureSuite(suite: string, selection: Selection): Promise<Row[]> {
  const makeCopy = await bundleSuite(`bench/suites/${suite}.ts`, values.library);
  const rows = runSuite(makeCopy, selection, showProgress(suite));
  if (rows.length > 0) process.stdout.write(`\n${suite}\n\n${textTable(rows)}`);
  return rows;
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
  };
}

async function writeOut(report: Report): Promise<void> {
  if (values.json !== undefined) write(values.json, `${JSON.stringify(report, undefined, 1)}\n`);
  if (values.markdown !== undefined) write(values.markdown, markdownReport(report));
  if (!values.docs) return;
  for (const [file, text] of await docsFiles(report)) write(`docs/benchmarks/${file}`, text);
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
