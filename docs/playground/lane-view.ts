/**
 * The table of one scheduler: what each server has, against what its weight asks for.
 */
import { byId, element, percent } from './dom.js';
import type { Lane } from './lane.js';
import type { Row } from './row.js';

/**
 * Shows a lane.
 *
 * @param id - Which of the two places: `a` or `b`.
 * @param lane - The lane.
 */
export function showLane(id: 'a' | 'b', lane: Lane): void {
  const rows = lane.rows();
  const fullest = Math.max(1, ...rows.map(({ active, inactive }) => active + inactive));
  byId(`lane-${id}-name`, HTMLElement).textContent = lane.scheduler;
  byId(`lane-${id}-rows`, HTMLElement).replaceChildren(
    ...rows.flatMap((row) => [rowOf(row), barsOf(row, fullest)]),
  );
  byId(`lane-${id}-sums`, HTMLElement).replaceChildren(...sumsOf(lane, rows));
}

function rowOf(row: Row): HTMLTableRowElement {
  const { name, weight, active, inactive, opened, share, asked, state } = row;
  return element(
    'tr',
    { 'data-server': name, 'data-state': state },
    element('th', { scope: 'row' }, name, element('span', { class: 'state' }, state)),
    element('td', {}, String(weight)),
    element('td', {}, String(active)),
    element('td', {}, String(inactive)),
    element('td', {}, String(opened)),
    element('td', {}, percent(share), element('span', { class: 'asked' }, `of ${percent(asked)}`)),
  );
}

/** A row of pictures, which say what the row above has in figures. */
function barsOf(row: Row, fullest: number): HTMLTableRowElement {
  const cell = element('td', { colspan: '6' }, fillBar(row, fullest), shareBar(row));
  return element('tr', { class: 'bars', 'aria-hidden': 'true' }, cell);
}

/** How full a server is, beside the fullest: active, then inactive connections. */
function fillBar({ active, inactive }: Row, fullest: number): HTMLElement {
  const bar = element('span', { class: 'bar' });
  for (const [kind, value] of Object.entries({ active, inactive })) {
    const part = element('i', { class: kind });
    part.style.width = percent(value / fullest).replace(' ', '');
    bar.append(part);
  }
  return bar;
}

/** The share, with a mark where the weight would have it. */
function shareBar({ share, asked }: Row): HTMLElement {
  const part = element('i', { class: 'share' });
  const mark = element('i', { class: 'mark' });
  part.style.width = percent(share).replace(' ', '');
  mark.style.left = percent(asked).replace(' ', '');
  return element('span', { class: 'bar' }, part, mark);
}

function sumsOf(lane: Lane, rows: readonly Row[]): HTMLElement[] {
  const { returned, moved, refused, unavoidable } = lane.moves;
  const misplaced = rows.reduce((sum, { share, asked }) => sum + Math.abs(share - asked), 0) / 2;
  const parts: [string, string, string][] = [
    ['requests', 'Packets from clients to the director', String(lane.packets.requests)],
    ['answers-through', 'Answers through the director (NAT)', String(lane.packets.answersThrough)],
    ['answers-past', 'Answers past the director (DR, TUN)', String(lane.packets.answersPast)],
    ['table', 'Entries in the connection table', String(lane.tableSize)],
    ['refused', 'Connections that no server took', String(lane.refused)],
    ['misplaced', 'Connections on another server than the weights ask for', percent(misplaced)],
    ['returned', 'Clients that came back since the last change', String(returned)],
    ['moved', '… and met another server than before', countOf(moved, returned)],
    ['returned-refused', '… and were refused', countOf(refused, returned)],
    [
      'unavoidable',
      '… moved because theirs takes no new connections',
      countOf(unavoidable, returned),
    ],
  ];
  return parts.map(([name, title, value]) =>
    element('div', {}, element('dt', {}, title), element('dd', { 'data-sum': name }, value)),
  );
}

function countOf(count: number, all: number): string {
  return all === 0 ? '0' : `${count} (${percent(count / all)})`;
}
