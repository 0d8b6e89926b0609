/**
 * Rows of a report as a table for people, on a terminal or in Markdown.
 */
import type { Row } from './report.js';

/** The columns, with how a row fills them. */
const columns: readonly (readonly [string, (row: Row) => string])[] = [
  ['job', (row) => `${row.job}${goalText(row)}`],
  ['n', (row) => row.n.toLocaleString('en')],
  ['implementation', (row) => row.impl],
  ['ns/op', (row) => formatNs(row.nsPerOp)],
  ['±', (row) => `${Math.round(row.spread * 100)} %`],
  ['× limit', (row) => formatRatio(row.ratioToLimit)],
  ['× best rival', (row) => formatRatio(row.ratioToBestRival)],
];

const memoryColumn = [
  'bytes',
  (row: Row) => (row.bytesPerItem === undefined ? '' : row.bytesPerItem.toFixed(1)),
] as const;

/** How many columns say which job it is. */
const JOB_COLUMNS = 2;
/** Titles for which a terminal has no room. */
const SHORT_TITLES: Readonly<Record<string, string>> = {
  '× best rival': '× rival',
  'longest ms': 'max ms',
};

const pauseColumn = [
  'longest ms',
  (row: Row) => (row.longestMs === undefined ? '' : row.longestMs.toFixed(2)),
] as const;

/**
 * Lays rows out for a terminal of 80 columns: a line for each job and size, and below it the implementations with
 * their figures in aligned columns.
 *
 * @param rows - The rows of one suite.
 * @returns Lines, each ending in a line feed.
 */
export function textTable(rows: readonly Row[]): string {
  const [titles, ...lines] = cellsOf(rows).map((cells) => cells.slice(JOB_COLUMNS));
  const short = titles.map((title) => SHORT_TITLES[title] ?? title);
  const table = alignTable([short, ...lines], (column) => column === 0).split('\n');
  const printed = rows.map((row, index) => {
    const before = rows[index - 1];
    const isFirst = before?.job !== row.job || before.n !== row.n;
    const size = `n = ${row.n.toLocaleString('en')}`;
    const head = isFirst ? `\n${row.job}, ${size}${goalText(row)}\n` : '';
    return `${head}${table[index + 1]}\n`;
  });
  return `${table[0]}\n${printed.join('')}`;
}

/**
 * Writes rows as a Markdown table.
 *
 * @param rows - The rows of one suite.
 * @returns Lines, each ending in a line feed.
 */
export function markdownTable(rows: readonly Row[]): string {
  return markdownLines(cellsOf(rows), isText);
}

/**
 * Aligns the columns of any table.
 *
 * @param cells - Lines of cells, the titles first.
 * @param isTextColumn - Whether a column has texts, which stand on the left.
 * @returns Lines, each ending in a line feed.
 */
export function alignTable(
  cells: readonly (readonly string[])[],
  isTextColumn: (column: number) => boolean,
): string {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const align = (cell: string, column: number): string =>
    isTextColumn(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return cells.map((line) => `${line.map(align).join('  ').trimEnd()}\n`).join('');
}

/**
 * Writes any table in Markdown.
 *
 * @param cells - Lines of cells, the titles first.
 * @param isTextColumn - Whether a column has texts, which stand on the left.
 * @returns Lines, each ending in a line feed.
 */
export function markdownLines(
  cells: readonly (readonly string[])[],
  isTextColumn: (column: number) => boolean,
): string {
  const [titles, ...lines] = cells as [readonly string[], ...(readonly string[])[]];
  const rule = titles.map((_, column) => (isTextColumn(column) ? '---' : '--:'));
  return [titles, rule, ...lines].map((line) => `| ${line.join(' | ')} |\n`).join('');
}

/**
 * Writes a duration with three digits or so.
 *
 * @param ns - Nanoseconds.
 * @returns Its text, without the unit.
 */
export function formatNs(ns: number): string {
  if (ns >= 1000) return Math.round(ns).toLocaleString('en');
  return ns >= 100 ? ns.toFixed(0) : ns.toFixed(1);
}

/**
 * Writes a ratio.
 *
 * @param ratio - The ratio; `null` when there is none.
 * @returns Its text, empty when there is none.
 */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return '';
  if (ratio < 0.1) return ratio.toFixed(4);
  return ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2);
}

function cellsOf(rows: readonly Row[]): string[][] {
  const all = [
    ...columns,
    ...(rows.some((row) => row.bytesPerItem !== undefined) ? [memoryColumn] : []),
    ...(rows.some((row) => row.longestMs !== undefined) ? [pauseColumn] : []),
  ];
  return [all.map(([title]) => title), ...rows.map((row) => all.map(([, fill]) => fill(row)))];
}

/** The job and the implementation; all other columns have numbers. */
function isText(column: number): boolean {
  return column === 0 || column === 2;
}

/** What the cost is to be at most, if a goal is set. */
function goalText({ goal }: Row): string {
  return goal === undefined ? '' : ` (at most ${goal.toFixed(2)} × limit)`;
}
