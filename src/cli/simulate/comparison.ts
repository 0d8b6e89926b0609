/**
 * Several algorithms on the same load as one table.
 */
import type { Style } from '../style.js';
import { wrap } from '../wrap.js';
import { count, counted, percent, ratio } from './figures.js';
import { remarkOn, type Outcome } from './outcome.js';

const COLUMNS = ['Scheduler', 'ShareErr', 'LongestRow', 'Peak/W', 'Refused', 'Moved', 'Anyway'];

/**
 * The algorithms of one service side by side.
 *
 * @param title - The service as the rules have it, by name and settings.
 * @param outcomes - Runs of the same service and load, one or more.
 * @param style - For emphasis.
 * @param columns - The width there is.
 * @returns Text ending in a line feed.
 */
export function comparisonTable(
  title: string,
  outcomes: readonly Outcome[],
  style: Style,
  columns: number,
): string {
  const [{ fairness, disruption, connections }] = outcomes as [Outcome];
  const servers = counted(fairness.servers.length, 'server');
  const load = `  ${counted(connections, 'connection')}, ${servers}`;
  const lines = [style.bold(title), load, style.dim(row(COLUMNS))];
  for (const outcome of outcomes) {
    const line = row(cells(outcome));
    lines.push(outcome.scheduler === outcome.ownScheduler ? style.good(line) : line);
  }
  const notes = outcomes.flatMap(note);
  if (notes.length > 0) lines.push(wrap(`  Note: ${notes.join('; ')}.`, columns, '  '));
  if (disruption === undefined) lines.push('  no server leaves');
  return `${lines.join('\n')}\n`;
}

/**
 * What the columns mean.
 *
 * @param style - For emphasis.
 * @param columns - The width there is.
 * @returns Text ending in a line feed.
 */
export function comparisonLegend(style: Style, columns: number): string {
  return `${LEGEND.map((line) => style.dim(wrap(line, columns, ' '.repeat(14)))).join('\n')}\n`;
}

const LEGEND: readonly string[] = [
  'All algorithms under the same load; that of the rules is marked *.',
  '  ShareErr    connections on another server than the weights ask for',
  '  LongestRow  most connections in a row to one server',
  "  Peak/W      the worst server's most connections in use for each unit of weight; 1 is the average",
  '  Refused     connections that got no server',
  '  Moved       clients that get another server when one leaves (of these, the ones that have to)',
  '  Anyway      clients that get another server although none leaves',
];

function note(outcome: Outcome): string[] {
  const remark = remarkOn(outcome);
  return remark === undefined ? [] : [`${outcome.scheduler} ${remark}`];
}

function cells({ scheduler, ownScheduler, fairness, refused, disruption }: Outcome): string[] {
  const moved = disruption && `${percent(disruption.moved)} (${percent(disruption.unavoidable)})`;
  return [
    `${scheduler}${scheduler === ownScheduler ? '*' : ''}`,
    percent(fairness.shareError),
    count(fairness.longestRow),
    ratio(fairness.worstPeak),
    count(refused),
    moved ?? '-',
    disruption === undefined ? '-' : percent(disruption.movedAnyway),
  ];
}

function row(texts: readonly string[]): string {
  const widths = [10, 9, 11, 8, 9, 17, 8];
  const [name, ...rest] = texts as [string, ...string[]];
  const cellsText = rest.map((text, index) => text.padStart(widths[index + 1]));
  return `  ${name.padEnd(widths[0])}${cellsText.join('')}`;
}
