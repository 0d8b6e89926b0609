/**
 * A run as text: ipvsadm's table of the service, widened by what was measured.
 */
import {
  listedHeader,
  listedName,
  listedServer,
  listedSettings,
} from '../../ipvsadm/listing-lines.js';
import type { ServerFairness } from '../../simulation/index.js';
import { bar } from '../bar.js';
import type { Style } from '../style.js';
import { wrap } from '../wrap.js';
import { count, counted, percent, ratio } from './figures.js';
import { remarkOn, type Outcome } from './outcome.js';

/** The width of the listing, up to and with the inactive connections. */
const LISTING = 70;
/** How much of it a narrow place has: up to and with the weight. */
const NARROW_LISTING = 48;
/** The columns after it, without the bar. */
const MEASURES = 33;
const BAR = { narrowest: 10, widest: 40 } as const;
/** A place this wide has room for the whole listing and a bar. */
const WIDE = LISTING + MEASURES + 3 + BAR.narrowest;
const INDENT = '     ';
/** The counts of connections at the end of a listed server, which a narrow place has no room for. */
const LISTED_COUNTS = 22;
/** A share this far from what was asked is pointed out. */
const NOTABLE_ERROR = 0.05;

/**
 * The lines above all tables.
 *
 * @param style - For emphasis.
 * @param columns - The width there is.
 * @returns Text ending in a line feed.
 */
export function tableHeader(style: Style, columns: number): string {
  const [first, second] = listedHeader('plain');
  const listing = columns < WIDE ? second.slice(0, NARROW_LISTING) : `${second}   `;
  return `${style.dim(`${first}\n${listing}   Share   Asked    Peak  Peak/W`)}\n`;
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
  const room = columns < WIDE ? 0 : columns - LISTING - MEASURES - 3;
  const width = Math.min(room, BAR.widest);
  const full = Math.max(...fairness.servers.map((each) => Math.max(each.share, each.askedShare)));
  const rows = fairness.servers.map((each) => serverRow(each, style, width, full));
  const remarks = [...remark(outcome), summary(outcome), ...departure(outcome)];
  const texts = remarks.map((text) => wrap(INDENT + text, columns, INDENT));
  return [style.bold(title), ...rows, ...texts, ''].join('\n');
}

/**
 * What the columns mean.
 *
 * @param style - For emphasis.
 * @param columns - The width there is.
 * @returns Text ending in a line feed.
 */
export function legend(style: Style, columns: number): string {
  return `${LEGEND.map((line) => style.dim(wrap(line, columns, '  '))).join('\n')}\n`;
}

const LEGEND: readonly string[] = [
  "Each service is listed as by 'ipvsadm -Ln', with what its servers got:",
  '  Share   part of the connections',
  "  Asked   the part that the server's weight asks for; a bar shows it as ┃",
  '  Peak    most connections in use at once',
  '  Peak/W  that for each unit of weight; 1 is the average of the service',
];

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
  const picture = full === 0 || width === 0 ? '' : bar(share / full, width, askedShare / full);
  const listed = listedServer(server, 'plain');
  const listing = width === 0 ? listed.slice(0, -LISTED_COUNTS) : listed;
  return `${listing} ${measures}  ${paint(picture.trimEnd())}`.trimEnd();
}

function summary({ connections, clients, seconds, refused, fairness }: Outcome): string {
  return [
    `${counted(connections, 'connection')} of ${counted(clients, 'client')}`,
    `in ${count(Math.round(seconds))} s`,
    `${percent(fairness.shareError)} on another server than the weights ask for`,
    `at most ${count(fairness.longestRow)} in a row to one server`,
    `${count(refused)} refused`,
  ].join(', ');
}

function departure({ disruption }: Outcome): string[] {
  if (disruption === undefined) return [];
  const { server, moved, unavoidable, movedAnyway, refused } = disruption;
  const none = refused > 0 ? `, and ${percent(refused)} find no server` : '';
  return [
    `If ${server} leaves, ${percent(moved)} of the clients get another server at their next visit${none}.`,
    `${percent(unavoidable)} have to, since theirs left; with all servers there, ${percent(movedAnyway)} change, too.`,
  ];
}

function remark(outcome: Outcome): string[] {
  const text = remarkOn(outcome);
  return text === undefined ? [] : [`${outcome.scheduler} ${text}`];
}
