/**
 * The figures of one scheduler: what each server has, against what its weight asks for.
 */
import { element, percent } from './dom.js';
import type { Lane } from './lane.js';
import { misplacedPart, type Row } from './row.js';
import { SERVER_COLORS } from './stage.js';

/** The elements of a table. */
export interface LaneTable {
  /** All of it. */
  readonly root: HTMLElement;
  /** One row for each server. */
  readonly body: HTMLElement;
  /** Figures of the whole lane. */
  readonly sums: HTMLElement;
}

const COLUMNS = ['Server', 'Weight', 'Active', 'Inactive', 'Opened', 'Share, and asked by weight'];
const NOTHING_YET = '–';

/**
 * Makes an empty table.
 *
 * @param id - Begins the ids of its elements.
 * @returns Its elements.
 */
export function laneTable(id: string): LaneTable {
  const body = element('tbody', { id: `${id}-rows` });
  const sums = element('dl', { id: `${id}-sums` });
  const heads = COLUMNS.map((name) => element('th', { scope: 'col' }, name));
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...heads)), body);
  const scroll = { class: 'scroll', role: 'region', 'aria-label': 'Figures', tabindex: '0' };
  const root = element('div', { class: 'figures' }, element('div', scroll, table), sums);
  return { root, body, sums };
}

/**
 * Shows a lane.
 *
 * @param table - Where.
 * @param lane - The lane.
 */
export function showTable({ body, sums }: LaneTable, lane: Lane): void {
  const rows = lane.rows();
  body.replaceChildren(...rows.map(rowOf));
  sums.replaceChildren(...sumsOf(lane, rows));
}

function rowOf(row: Row, index: number): HTMLTableRowElement {
  const { name, weight, active, inactive, opened, share, asked, state } = row;
  const swatch = element('i', { class: `swatch s${index % SERVER_COLORS}` });
  const shares =
    share === undefined
      ? [NOTHING_YET]
      : [percent(share), element('span', { class: 'asked' }, `asked ${percent(asked)}`)];
  return element(
    'tr',
    { 'data-server': name, 'data-state': state },
    element('th', { scope: 'row' }, swatch, name, element('span', { class: 'state' }, state)),
    element('td', {}, String(weight)),
    element('td', {}, String(active)),
    element('td', {}, String(inactive)),
    element('td', {}, String(opened)),
    element('td', {}, ...shares),
  );
}

/** The figures of a lane, with names that say what is counted: a client that returns is a visit. */
export function sumsOf(lane: Lane, rows: readonly Row[]): HTMLElement[] {
  const { returned, moved, refused, unavoidable } = lane.visits;
  const misplaced = misplacedPart(rows);
  const { packets } = lane;
  const through = rows.some(({ method }) => method === 'masquerading');
  const past = rows.some(({ method }) => method !== 'masquerading');
  const parts: [string, string, string][] = [
    ['requests', 'Packets from clients to the director', String(packets.requests)],
    ...given(through, 'answers-through', 'Answers through the director', packets.answersThrough),
    ...given(past, 'answers-past', 'Answers past the director', packets.answersPast),
    ['table', 'Entries in the connection table', String(lane.tableSize)],
    ['clients', 'Clients that have come', String(lane.clients)],
    ['refused', 'Connections that no server took', String(lane.refused)],
    ...given(
      lane.unanswered > 0,
      'unanswered',
      'Connections to a server that does not answer',
      lane.unanswered,
    ),
    [
      'misplaced',
      'Connections on another server than the weights ask for',
      misplaced === undefined ? NOTHING_YET : percent(misplaced),
    ],
    ['returned', 'Later visits of clients since the last change', String(returned)],
    ['moved', '… that met another server than the visit before', countOf(moved, returned)],
    [
      'unavoidable',
      '… of these, because that server takes no new connections',
      countOf(unavoidable, returned),
    ],
    ['returned-refused', '… that were refused', countOf(refused, returned)],
  ];
  return parts.map(([name, title, value]) =>
    element('div', {}, element('dt', {}, title), element('dd', { 'data-sum': name }, value)),
  );
}

/**
 * What matters most of a lane, in a sentence.
 *
 * @param lane - The lane.
 * @returns The sentence; empty before there is anything to say.
 */
export function headlineOf({ visits, refused, unanswered }: Lane): string {
  const parts = [
    visits.returned > 0 &&
      `${countOf(visits.moved, visits.returned)} of ${visits.returned} later visits met another server`,
    refused > 0 && `${refused} connections refused`,
    unanswered > 0 && `${unanswered} connections without an answer`,
  ];
  return parts.filter((part) => part !== false).join(' · ');
}

/** A figure that is shown only where it can be other than 0. */
function given(
  condition: boolean,
  name: string,
  title: string,
  value: number,
): [string, string, string][] {
  return condition ? [[name, title, String(value)]] : [];
}

function countOf(count: number, all: number): string {
  return all === 0 ? NOTHING_YET : `${count} (${percent(count / all)})`;
}
