/**
 * The report in `docs/benchmarks`: plots, and for each suite what matters most and all rows.
 */
import { readFileSync } from 'node:fs';
import { OURS } from './suite.js';
import type { Report, Row } from './report.js';
import { formatNs, markdownLines, markdownTable } from './text-table.js';
import type { QualityRow } from '../suites/quality.js';
import type { Section } from './further-sections.js';
import { markdownHeader } from './markdown.js';
import { canPlot, plotCosts, plotDistribution, type Curve, type NamedFile } from './plots.js';
import { qualityMarkdown } from './quality.js';
import { rivalNotes } from './rival-notes.js';

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

/**
 * Writes the report.
 *
 * @param report - What was measured.
 * @param quality - The quality of the picks.
 * @param further - Sections that follow those of the suites.
 * @returns The files of the folder.
 */
export async function docsFiles(
  report: Report,
  quality: readonly QualityRow[],
  further: readonly Section[],
): Promise<readonly NamedFile[]> {
  const plots = canPlot() ? await plotsOf(report.rows, quality) : [];
  const suites = [...new Set(report.rows.map(({ suite }) => suite))];
  const parts = [
    `# Benchmarks of ${report.header.package}\n\n${INTRODUCTION}\n\n${markdownHeader(report.header)}`,
    `\n## The picks in brief\n\n${briefPicks(report.rows)}`,
    imagesOf(plots.map(([name]) => name)),
    `\n## Where something else is faster\n\n${rivalNotes(report.rows)}`,
    `\n## Quality of the picks\n\n${qualityMarkdown(quality)}`,
    ...further.map(({ title, text }) => `\n## ${title}\n\n${text}`),
    ...suites.map((suite) => `\n## All rows of ${suite}\n\n${rowsOf(report.rows, suite)}`),
  ];
  const data = { header: report.header, rows: [...report.rows, ...quality] };
  return [
    ['README.md', parts.join('')],
    ['results.json', `${JSON.stringify(data, undefined, 1)}\n`],
    ...plots,
  ];
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
