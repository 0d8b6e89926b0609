/**
 * A fleet under every algorithm: one table for a service, with the sums over all events.
 */
import type { FleetServiceResult } from '../../../simulation/index.js';
import type { Style } from '../../style.js';
import { count, percent } from '../figures.js';
import { clientsText, loadText } from './fleet-table.js';

const COLUMNS = ['Moved', 'Unknown', 'Broken', 'Part', 'Clients', 'Anyway', 'Load', 'Even'];
const WIDTHS = [9, 9, 9, 9, 9, 9, 8, 8];

/**
 * The algorithms of one service side by side.
 *
 * @param title - The service as the rules have it.
 * @param results - What became of it under each algorithm.
 * @param own - The algorithm of the rules.
 * @param style - For emphasis.
 * @returns Text ending in a line feed.
 */
export function fleetComparison(
  title: string,
  results: readonly FleetServiceResult[],
  own: string,
  style: Style,
): string {
  const rows = results.map((result) => {
    const isOwn = result.scheduler === own;
    const name = `  ${result.scheduler}${isOwn ? '*' : ''}`.padEnd(9);
    const line = `${name}${cells(figuresOf(result))}`;
    return isOwn ? style.good(line) : line;
  });
  const head = style.dim(`  Name   ${cells(COLUMNS)}`);
  return `${[style.bold(title), head, ...rows].join('\n')}\n`;
}

/**
 * What the columns mean.
 *
 * @param style - For emphasis.
 * @returns Text ending in a line feed.
 */
export function fleetComparisonLegend(style: Style): string {
  return `${LEGEND.map(style.dim).join('\n')}\n`;
}

const LEGEND: readonly string[] = [
  'All algorithms under the same load and events; that of the rules is marked *.',
  '  Moved    connections that the router sends to another director, in all events',
  '  Unknown  of these, the ones that this director does not know',
  '  Broken   connections that break; Part: of those that moved, or',
  '           were on a server that failed',
  '  Clients  of the clients that come back after an event, those that get',
  '           another server; Anyway: before the first event',
  '  Load     greatest load for each unit of weight, divided by the mean, after the',
  '           worst event; Even: after the last one, how long until it is as before',
];

function figuresOf({ effects, clientsBefore }: FleetServiceResult): string[] {
  const sum = (of: (effect: (typeof effects)[number]) => number): number =>
    effects.reduce((total, effect) => total + of(effect), 0);
  const moved = sum((effect) => effect.moved);
  const lost = sum((effect) => effect.lost);
  const broken = sum((effect) => effect.broken) + lost;
  const clients = {
    returned: sum((effect) => effect.clients.returned),
    moved: sum((effect) => effect.clients.moved),
  };
  return [
    count(moved),
    count(sum((effect) => effect.unknown)),
    count(broken),
    moved + lost === 0 ? '-' : percent(broken / (moved + lost)),
    clientsText(clients),
    clientsText(clientsBefore),
    worstLoad(effects),
    lastEven(effects),
  ];
}

function worstLoad(effects: FleetServiceResult['effects']): string {
  const loads = effects.map(({ loadAfter }) => loadAfter).filter(({ mean }) => mean > 0);
  const [worst] = loads.toSorted((a, b) => b.max / b.mean - a.max / a.mean);
  return worst === undefined ? '-' : loadText(worst);
}

function lastEven(effects: FleetServiceResult['effects']): string {
  const last = effects.at(-1);
  if (last === undefined) return '-';
  const { balancedAfterSeconds } = last;
  return balancedAfterSeconds === undefined ? 'not' : `${Math.ceil(balancedAfterSeconds)}s`;
}

function cells(texts: readonly string[]): string {
  return texts.map((text, index) => text.padStart(WIDTHS[index])).join('');
}
