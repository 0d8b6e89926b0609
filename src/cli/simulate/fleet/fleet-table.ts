/**
 * A fleet as text: a row for every event, in tables of 80 columns.
 */
import { describeFleetEvent, type FleetEvent } from '../../../simulation/fleet/fleet-event.js';
import type {
  FleetClients,
  FleetEffect,
  FleetResult,
  FleetServiceResult,
} from '../../../simulation/fleet/fleet-result.js';
import type { FleetLoad } from '../../../simulation/fleet/fleet-servers.js';
import type { Style } from '../../style.js';
import { wrap } from '../../wrap.js';
import { count, counted, percent } from '../figures.js';

const COLUMNS = ['Open', 'Moved', 'Unknown', 'Broken', 'Clients', 'Load', 'Even'];
const WIDTHS = [9, 7, 8, 8, 8, 10, 5];
const AT_WIDTH = 5;
const EVENT_WIDTH = 20;

const LEGEND: readonly string[] = [
  '  Open     connections in use when it happens',
  '  Moved    of these, the ones that the router sends to another director then',
  '  Unknown  moved ones that this director does not know; with sloppy_tcp 0 all of these break',
  '  Broken   connections that break: reset by another server, or on a server that failed',
  '  Clients  of the clients that come back until the next event, those that get another server',
  '  Load     greatest load for each unit of weight, divided by the mean: before and after',
  '  Even     after how long the load is as even as before; not: not until the next event',
];

/**
 * What the columns mean.
 *
 * @param style - For emphasis.
 * @param columns - The width there is.
 * @returns Text ending in a line feed.
 */
export function fleetLegend(style: Style, columns: number): string {
  return `${LEGEND.map((line) => style.dim(wrap(line, columns, ' '.repeat(11)))).join('\n')}\n`;
}

/**
 * The table of one service.
 *
 * @param title - The service as the rules have it.
 * @param result - What became of the fleet.
 * @param index - Which of its services.
 * @param style - For emphasis.
 * @param columns - The width there is.
 * @returns Text ending in a line feed.
 */
export function fleetTable(
  title: string,
  result: FleetResult,
  index: number,
  style: Style,
  columns: number,
): string {
  const service = result.services[index];
  const head = `${'At'.padStart(AT_WIDTH)}  ${'Event'.padEnd(EVENT_WIDTH - 2)}${cells(COLUMNS)}`;
  const rows = service.effects.flatMap((effect, at) => eventRows(result, at, effect, style));
  const lines = [style.bold(title), style.dim(head), ...rows];
  return `${lines.join('\n')}\n${wrap(`  ${remark(service)}`, columns, '  ')}\n`;
}

function eventRows(
  { events }: FleetResult,
  at: number,
  effect: FleetEffect,
  style: Style,
): string[] {
  const event = events[at];
  const text = describeFleetEvent(event);
  const time = `${event.atSeconds}s`.padStart(AT_WIDTH);
  const broken = effect.broken + effect.lost;
  const figures = cells([
    count(effect.open),
    partOf(effect.moved, effect.open),
    partOf(effect.unknown, effect.open),
    count(broken),
    clientsText(effect.clients),
    `${loadText(effect.loadBefore)} ${loadText(effect.loadAfter)}`,
    evenText(effect, event, events[at + 1]),
  ]);
  const paint = broken > 0 ? style.notable : style.good;
  if (text.length <= EVENT_WIDTH - 2) {
    return [paint(`${time}  ${text.padEnd(EVENT_WIDTH - 2)}${figures}`)];
  }
  return [`${time}  ${text}`, paint(`${' '.repeat(AT_WIDTH + EVENT_WIDTH)}${figures}`)];
}

function remark({ connections, refused, clientsBefore, effects }: FleetServiceResult): string {
  const broken = effects.reduce((sum, effect) => sum + effect.broken + effect.lost, 0);
  const before = effects.length === 0 ? 'In all' : 'Before the first event';
  return [
    `${counted(connections, 'connection')}, of which ${count(broken)} break; ${count(refused)} refused.`,
    `${before} ${clientsText(clientsBefore)} of the clients that come back get another server.`,
  ].join(' ');
}

/** What part of the clients got another server. */
export function clientsText({ returned, moved }: FleetClients): string {
  return partOf(moved, returned);
}

function partOf(part: number, whole: number): string {
  return whole === 0 ? '-' : percent(part / whole);
}

/** The greatest load, in units of the mean; three digits at most. */
export function loadText({ max, mean }: FleetLoad): string {
  if (mean === 0) return '-';
  const value = max / mean;
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** When the load was even; no figure without load, and when the next event comes at the same time. */
function evenText(
  { balancedAfterSeconds, loadAfter }: FleetEffect,
  { atSeconds }: FleetEvent,
  next: FleetEvent | undefined,
): string {
  if (balancedAfterSeconds !== undefined) return `${Math.ceil(balancedAfterSeconds)}s`;
  return next?.atSeconds === atSeconds || loadAfter.mean === 0 ? '-' : 'not';
}

function cells(texts: readonly string[]): string {
  return texts.map((text, index) => text.padStart(WIDTHS[index])).join('');
}
