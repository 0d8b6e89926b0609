/**
 * The report in `docs/benchmarks`: plots, and for each suite what matters most and all rows.
 */
import { readFileSync } from 'node:fs';
import { markdownHeader } from '../harness/markdown.js';
import {
  canPlot,
  plotCosts,
  plotDistribution,
  type Curve,
  type NamedFile,
} from '../harness/plots.js';
import { qualityMarkdown } from '../harness/quality.js';
import type { Row } from '../harness/report.js';
import { rivalNotes } from '../harness/rival-notes.js';
import { OURS } from '../harness/suite.js';
import { formatNs, markdownLines, markdownTable } from '../harness/text-table.js';
import type { QualityRow } from '../suites/quality.js';
import type { KeptResults, Result, RowsFile } from './kept-results.js';
import { AGAINST, PARTS, SECTIONS, type Settings } from './parts.js';

const INTRODUCTION = `This report is the output of \`npm run bench -- --docs\`; nothing in it is written by hand.

Costs are medians of interleaved samples, in nanoseconds that the thread worked. *× limit* is the cost over that of
the least that any implementation has to do, *× best rival* over that of the fastest other implementation that
does the whole job, both measured in the same run. How to run all this yourself:
[Benchmarks in your CI](../guides/benchmarks-in-your-ci.md).`;

/** The algorithms whose decision depends on the load, with the plots. */
const PLOTTED = ['wlc', 'lc', 'sed', 'nq', 'twos'];

interface NativeReference {
  readonly source: string;
  readonly nsPerOp: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly ranges: Readonly<Record<string, string>>;
}

/** What a report is made of. */
export interface Material {
  /** The results that are there. */
  readonly kept: Pick<KeptResults, 'get'>;
  /** The parts without a result, with the reason. */
  readonly failed: ReadonlyMap<string, string>;
  readonly settings: Settings;
}

/**
 * Composes the report of the results that are there.
 *
 * @param material - What it is made of.
 * @returns The files of the folder.
 * @throws {Error} When no part with rows has a result.
 */
export async function composeReport(material: Material): Promise<readonly NamedFile[]> {
  const results = PARTS.flatMap(({ name }) => material.kept.get(name) ?? []);
  const measured = results.flatMap((result) => result.measured ?? []);
  if (measured.length === 0) throw new Error('No suite was measured: there is nothing to report');
  const [{ header }] = measured as [RowsFile];
  const all = measured.flatMap((file) => file.rows);
  const quality = all.filter((row): row is QualityRow => row.suite === 'quality');
  const rows = byJob(all.filter((row): row is Row => row.suite !== 'quality'));
  const plots = canPlot() ? await plotsOf(rows, quality) : [];
  const suites = [...new Set(rows.map(({ suite }) => suite))];
  const missing = [
    ...[...material.failed].map(([name, reason]) => `${name} (${reason})`),
    ...countedBySuite(measured.flatMap(({ leftOut }) => leftOut)),
  ];
  const parts = [
    `# Benchmarks of ${header.package}\n\n${INTRODUCTION}\n\n${markdownHeader(header)}${circumstances(results)}`,
    missing.length === 0 ? '' : `- Not measured: ${missing.join('; ')}\n`,
    `\n## The picks in brief\n\n${briefPicks(rows)}`,
    imagesOf(plots.map(([name]) => name)),
    `\n## Where something else is faster\n\n${rivalNotes(rows)}`,
    `\n## Quality of the picks\n\n${qualityMarkdown(quality)}`,
    ...Object.keys(SECTIONS).map((title) => `\n## ${title}\n\n${sectionOf(title, material)}`),
    ...suites.map((suite) => `\n## All rows of ${suite}\n\n${rowsOf(rows, suite)}`),
  ];
  const texts = Object.fromEntries(results.map(({ name, text }) => [name, text]));
  const data = { header, parts: results.map(withoutOutcome), rows: [...rows, ...quality], texts };
  return [
    ['README.md', parts.join('')],
    ['results.json', `${JSON.stringify(data, undefined, 1)}\n`],
    ...plots,
  ];
}

/** How many jobs of each suite there was no time for; the files of the parts have their names. */
function countedBySuite(names: readonly string[]): string[] {
  const suites = names.map((name) => name.split(' ', 1)[0]);
  return [...new Set(suites)].map((suite) => {
    const count = suites.filter((each) => each === suite).length;
    return `${count} jobs of ${suite} (no time was left)`;
  });
}

/** When was measured, for how long, and how busy the machine was. */
function circumstances(results: readonly Result[]): string {
  const starts = results.map(({ startedAt }) => startedAt).toSorted();
  const loads = results.map(({ load }) => load).toSorted((a, b) => a - b);
  const minutes = results.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const [date] = (starts[0] as string).split('T');
  return `- ${date}, ${results.length} parts in ${minutes.toFixed(0)} minutes; load of the machine before each: ${loads[0]?.toFixed(1)} to ${loads.at(-1)?.toFixed(1)}\n`;
}

function withoutOutcome({ name, startedAt, seconds, load }: Result): object {
  return { name, startedAt, seconds, load };
}

/** The texts of the parts of a section. */
function sectionOf(title: string, { kept, failed, settings }: Material): string {
  const texts = PARTS.filter(({ section }) => section === title).map((part) => {
    if (part.command(settings) === undefined) return '';
    const text = kept.get(part.name)?.text ?? `Not measured: ${failed.get(part.name)}`;
    return `\n\`\`\`text\n${text}\n\`\`\`\n`;
  });
  const { base } = settings;
  const against =
    title !== AGAINST
      ? ''
      : base === undefined
        ? 'There is no release before this one (`--base COMMIT` names another version).\n\n'
        : `Compared with \`${base}\`.\n\n`;
  const found = texts.join('');
  return `${against}${SECTIONS[title]}\n${found === '' ? '\nNot measured.\n' : found}`;
}

/** Rows of a suite that was measured in parts, those of a job together, the small ones first. */
function byJob(rows: readonly Row[]): Row[] {
  const jobs = [...new Set(rows.map(({ suite, job }) => `${suite} ${job}`))];
  const place = new Map(jobs.map((job, index) => [job, index]));
  const placeOf = ({ suite, job }: Row): number => place.get(`${suite} ${job}`) as number;
  return rows.toSorted((a, b) => placeOf(a) - placeOf(b) || a.n - b.n);
}

function rowsOf(rows: readonly Row[], suite: string): string {
  return markdownTable(rows.filter((row) => row.suite === suite));
}

function imagesOf(names: readonly string[]): string {
  return names.length === 0 ? '' : `\n${names.map((name) => `![](${name})\n`).join('\n')}`;
}

async function plotsOf(rows: readonly Row[], quality: readonly QualityRow[]): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  for (const subject of PLOTTED) {
    const curves = curvesOf(rows.filter(({ job }) => job === `${subject}, random`));
    if (curves.length > 0) {
      const title = `${subject}: schedule, open and close`;
      files.push([`pick-${subject}.svg`, await plotCosts(title, 'servers', curves)]);
    }
  }
  if (quality.length > 0) files.push(['distribution.svg', await plotDistribution(quality)]);
  return files;
}

function curvesOf(rows: readonly Row[]): Curve[] {
  const impls = [...new Set(rows.map(({ impl }) => impl))];
  return impls.map((name) => ({ name, rows: rows.filter(({ impl }) => impl === name) }));
}

/** Our cost by algorithm and size, with random weights, and the native one of another machine. */
function briefPicks(rows: readonly Row[]): string {
  const native = JSON.parse(readFileSync('bench/native-reference.json', 'utf8')) as NativeReference;
  const ours = rows.filter(
    ({ suite, job, impl }) => suite === 'pick' && impl === OURS && job.endsWith(', random'),
  );
  const sizes = [...new Set(ours.map(({ n }) => n))];
  const subjects = [...new Set(ours.map(({ job }) => job.slice(0, job.indexOf(','))))];
  const titles = ['algorithm', ...sizes.map((n) => `${n.toLocaleString('en')} servers`)];
  const lines = subjects.map((subject) => {
    const costs = sizes.map((n) =>
      ours.find((row) => row.n === n && row.job === `${subject}, random`),
    );
    const cells = costs.map((row) => (row === undefined ? '' : formatNs(row.nsPerOp)));
    return [`\`${subject}\``, ...cells];
  });
  const isText = (column: number): boolean => column === 0;
  const table = markdownLines([titles, ...lines], isText);
  const nativeTable = markdownLines(
    [
      titles,
      ...subjects.map((subject) => [`\`${subject}\``, ...nativeCells(native, subject, sizes)]),
    ],
    isText,
  );
  return `Nanoseconds to close a connection, schedule and open one, with random weights.\n\n${table}\nNatively: ${native.source}\n\n${nativeTable}`;
}

/** The sizes from which on there are native figures. */
const FIRST_NATIVE = 8;

/** A figure for each size; where the cost does not depend on it, its range. */
function nativeCells(native: NativeReference, subject: string, sizes: readonly number[]): string[] {
  const costs = native.nsPerOp[subject];
  return sizes.map((n) => {
    if (n < FIRST_NATIVE) return '–';
    return costs?.[n]?.toLocaleString('en') ?? native.ranges[subject] ?? '–';
  });
}
