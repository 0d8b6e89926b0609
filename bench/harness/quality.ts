/**
 * The quality of the picks, as a table.
 */
import { alignTable, markdownLines } from './text-table.js';
import { seededRandom } from '../../src/random.js';
import type { QualityRow } from '../suites/quality.js';
import { bundleFile, type LibraryEntry } from './suite-bundle.js';

/**
 * Measures the quality of all algorithms and rivals.
 *
 * @param library - The library to measure.
 * @returns The rows.
 */
export async function runQuality(library: LibraryEntry): Promise<QualityRow[]> {
  // Packages that draw lots ask the platform, whose source has no seed.
  Math.random = seededRandom(1);
  const makeCopy = await bundleFile('bench/suites/quality.ts', library);
  return (makeCopy() as { measureQuality: () => QualityRow[] }).measureQuality();
}

/**
 * Lays the rows out for a terminal.
 *
 * @param rows - The rows.
 * @returns Lines, each ending in a line feed.
 */
export function qualityText(rows: readonly QualityRow[]): string {
  return alignTable(cellsOf(rows), isText);
}

/**
 * Writes the rows as a Markdown table.
 *
 * @param rows - The rows.
 * @returns Lines, each ending in a line feed.
 */
export function qualityMarkdown(rows: readonly QualityRow[]): string {
  return markdownLines(cellsOf(rows), isText);
}

function isText(column: number): boolean {
  return column < 2;
}

function cellsOf(rows: readonly QualityRow[]): string[][] {
  const titles = [
    'algorithm',
    'implementation',
    'share error',
    'longest run',
    'moved, one leaves',
    'moved, one joins',
    'peak load',
  ];
  return [titles, ...rows.map(lineOf)];
}

function lineOf(row: QualityRow): string[] {
  return [
    row.job,
    row.impl,
    percent(row.shareError),
    row.longestRun.toLocaleString('en'),
    row.movedByLeaving === null ? '' : percent(row.movedByLeaving),
    row.movedByJoining === null ? '' : percent(row.movedByJoining),
    `× ${row.relativePeak.toFixed(2)}`,
  ];
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
