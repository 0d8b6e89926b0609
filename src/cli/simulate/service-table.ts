/**
 * A run as text: ipvsadm's table of the service, widened by what was measured.
 */
import { listedHeader, listedName, listedServer, listedSettings } from '../../ipvsadm/index.js';
import type { ServerFairness } from '../../simulation/index.js';
import { bar } from '../bar.js';
import type { Style } from '../style.js';
import { count, percent, ratio } from './figures.js';
import { remarkOn, type Outcome } from './outcome.js';

/** The width of the listing, up to and with the inactive connections. */
const LISTING = 70;
/** The columns after it, without the bar. */
const MEASURES = 33;
const BAR = { narrowest: 10, widest: 40 } as const;
/** A share this far from what was asked is pointed out. */
const NOTABLE_ERROR = 0.05;

/**
 * The lines above all tables.
 *
 * @param style - For emphasis.
 * @returns Text ending in a line feed.
 */
export function tableHeader(style: Style): string {
  const [first, second] = listedHeader('plain');
  return `${style.dim(`${first}\n${second}    Share   Asked    Peak  Peak/W`)}\n`;
}

/**
 * One service's table.
 *
 * @param outcome - Its run.
 * @param style - For emphasis.
 * @param columns - The width there is.
 * @returns Text ending in a line feed.
 */
export function serviceTable(outcome: Outcome, style: Style, columns: number): string {
  const { service, fairness } = outcome;
  const title = `${listedName(service)} ${listedSettings(service)}`;
  const room = columns - LISTING - MEASURES - 3;
  const width = Math.min(Math.max(room, BAR.narrowest), BAR.widest);
  const full = Math.max(...fairness.servers.map((each) => Math.max(each.share, each.askedShare)));
  const rows = fairness.servers.map((each) => serverRow(each, style, width, full));
  const lines = [style.bold(title), ...rows, ...remark(outcome), summary(outcome)];
  return [...lines, ...departure(outcome), ''].join('\n');
}

/**
 * What the columns mean.
 *
 * @param style - For emphasis.
 * @returns Text ending in a line feed.
 */
export function legend(style: Style): string {
  return style.dim(
    [
      'Share: connections got. Asked (┃): what the weight asks for. Peak: most connections in use at once.',
      'Peak/W: that per unit of weight, where the whole service has 1. Connections are those at the end.',
      'Off the weights: connections on another server than the weights ask for. Clients move that get',
      'another server than last time, or none; "anyway" is without anyone leaving.',
      '',
    ].join('\n'),
  );
}

function serverRow(row: ServerFairness, style: Style, width: number, full: number): string {
  const { server, share, askedShare, peak, relativePeak } = row;
  const measures = [
    percent(share).padStart(7),
    percent(askedShare).padStart(7),
    count(peak).padStart(7),
    ratio(relativePeak).padStart(7),
  ].join(' ');
  const isNotable = Math.abs(share - askedShare) > NOTABLE_ERROR;
  const paint = isNotable ? style.notable : style.good;
  const picture = full === 0 ? '' : bar(share / full, width, askedShare / full);
  return `${listedServer(server, 'plain')} ${measures}  ${paint(picture.trimEnd())}`;
}

function summary({ connections, clients, seconds, refused, fairness }: Outcome): string {
  return [
    `     ${count(connections)} connections`,
    `${count(clients)} clients`,
    `${count(Math.round(seconds))} s`,
    `off the weights ${percent(fairness.shareError)}`,
    `longest row ${count(fairness.longestRow)}`,
    `refused ${count(refused)}`,
  ].join(', ');
}

function departure({ disruption }: Outcome): string[] {
  if (disruption === undefined) return [];
  const { server, moved, unavoidable, movedAnyway, refused } = disruption;
  const part = `     without ${server}: ${percent(moved)} of the clients move`;
  const none = refused > 0 ? `, ${percent(refused)} find no server` : '';
  return [`${part}${none} (${percent(unavoidable)} must; ${percent(movedAnyway)} do anyway)`];
}

function remark(outcome: Outcome): string[] {
  const text = remarkOn(outcome);
  return text === undefined ? [] : [`     ${outcome.scheduler} ${text}`];
}
