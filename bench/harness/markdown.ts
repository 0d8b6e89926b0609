/**
 * A report in Markdown.
 */
import type { Header, Report, Row } from './report.js';
import { markdownTable } from './text-table.js';
import type { QualityRow } from '../suites/quality.js';
import { qualityMarkdown } from './quality.js';

/**
 * Writes a report as it can be pasted into an issue or a job summary.
 *
 * @param report - The report.
 * @param quality - The quality of the picks, if it was measured.
 * @returns Markdown, a section per suite.
 */
export function markdownReport(report: Report, quality: readonly QualityRow[]): string {
  const suites = [...new Set(report.rows.map(({ suite }) => suite))];
  const sections = suites.map((suite) => `\n## ${suite}\n\n${tableOf(suite, report.rows)}`);
  if (quality.length > 0) sections.push(`\n## quality\n\n${qualityMarkdown(quality)}`);
  return `# Benchmarks of ${report.header.package}\n\n${markdownHeader(report.header)}${sections.join('')}`;
}

/**
 * Tells where and with what a run was made.
 *
 * @param header - The header of a report.
 * @returns One paragraph and a list.
 */
export function markdownHeader(header: Header): string {
  const { plan } = header;
  const gigabytes = Math.round(header.memoryBytes / 2 ** 30);
  const rivals = Object.entries(header.rivals).map(([name, version]) => `${name} ${version}`);
  const missing =
    header.missing.length === 0 ? '' : `- Not installed: ${header.missing.join(', ')}\n`;
  return [
    `- Node ${header.node} (V8 ${header.v8}), ${header.platform}\n`,
    `- ${header.cores} × ${header.cpu}, ${gigabytes} GiB\n`,
    `- Median and quartile distance of ${plan.samples} samples of ${plan.sampleMs} ms or 1000 operations\n`,
    `- Rivals: ${rivals.length === 0 ? 'none' : rivals.join(', ')}\n`,
    missing,
  ].join('');
}

function tableOf(suite: string, rows: readonly Row[]): string {
  return markdownTable(rows.filter((row) => row.suite === suite));
}
