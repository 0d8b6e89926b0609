/**
 * A packet's way by one forwarding method: who hands which headers to whom. The packets are those of the
 * playground, which come out of a real director.
 */
import type { ForwardingMethod } from 'ipvs';
import { type Field, fieldsOf } from '../playground/packet-fields.js';
import { ownerOf, type Station, wayOf, type WayStep } from '../playground/packet-way.js';
import { picture, polyline, rectangle, text } from './svg.js';

/** A packet between two stations. */
interface Leg {
  readonly from: Station;
  readonly to: Station;
  readonly lines: readonly Line[];
}

/** A part of a header, and whether the director has changed it. */
interface Line {
  readonly content: string;
  readonly changed: boolean;
}

const WIDTH = 660;
const PLACES: Readonly<Record<Station, number>> = { client: 80, director: 330, 'real server': 580 };
const TOP = 48;
const LINE_HEIGHT = 15;
const ARROW_HEIGHT = 22;
const GAP = 14;
const CHARACTER_WIDTH = 6.65;

/**
 * Draws the way of a request and its answer.
 *
 * @param method - How packets reach the server.
 * @returns The SVG document.
 */
export function drawWay(method: ForwardingMethod): string {
  const legs = wayOf(method).flatMap(legsOf);
  const shapes: string[] = [];
  let y = TOP;
  for (const [index, leg] of legs.entries()) {
    shapes.push(...drawLeg(leg, index + 1, y));
    y += ARROW_HEIGHT + leg.lines.length * LINE_HEIGHT + GAP;
  }
  const spoken = legs.map(({ from, to, lines }) => {
    const headers = lines.map(({ content, changed }) => content + (changed ? ' (changed)' : ''));
    return `${from} to ${to}: ${headers.join(', ')}`;
  });
  return picture(WIDTH, y, `${method}. ${spoken.join('. ')}`, [...lifelines(y), ...shapes]);
}

/** What a station rewrites goes as two legs: as it came, and as it left. */
function legsOf({ path, before, after }: WayStep): Leg[] {
  const [first, second, third] = path;
  if (first === undefined || second === undefined) return [];
  const lines = linesOf(fieldsOf(before));
  const arriving = { from: first, to: second, lines: lines.map(unchanged) };
  if (third === undefined || after === undefined) return [arriving];
  const leaving = linesOf(fieldsOf(after)).map((content) => ({
    content,
    changed: !lines.includes(content),
  }));
  return [arriving, { from: second, to: third, lines: leaving }];
}

function unchanged(content: string): Line {
  return { content, changed: false };
}

/** The fields that a way is about, header by header from the outside to the inside. */
function linesOf(fields: readonly Field[]): string[] {
  const value = (header: string, name: string): string =>
    fields.find((field) => field.header === header && field.name === name)?.value ?? '';
  const headers = new Set(fields.map(({ header }) => header));
  return [...headers].flatMap((header) => {
    if (header === 'Ethernet') return [`Ethernet to ${ownerOf(value(header, 'destination'))}`];
    if (header === 'TCP') {
      return [`TCP ${value(header, 'source port')} → ${value(header, 'destination port')}`];
    }
    const addresses = `${header} ${value(header, 'source')} → ${value(header, 'destination')}`;
    return [addresses, `${header} TTL ${value(header, 'time to live')}`];
  });
}

function lifelines(bottom: number): string[] {
  return Object.entries(PLACES).flatMap(([station, x]) => [
    text(x, 22, station, 'title', 'middle'),
    polyline(
      [
        [x, 32],
        [x, bottom],
      ],
      'var(--line)',
      'stroke-width="2"',
    ),
  ]);
}

function drawLeg({ from, to, lines }: Leg, number: number, y: number): string[] {
  const [start, end] = [PLACES[from], PLACES[to]];
  const ahead = Math.sign(end - start);
  const middle = (start + end) / 2;
  const tip = end - 4 * ahead;
  return [
    polyline(
      [
        [start + 4 * ahead, y],
        [tip, y],
      ],
      'var(--text)',
      'stroke-width="1.5"',
    ),
    polyline(
      [
        [tip - 7 * ahead, y - 4],
        [tip, y],
        [tip - 7 * ahead, y + 4],
      ],
      'var(--text)',
    ),
    rectangle(middle - 10, y - 8, 20, 16, 'var(--ground)'),
    text(middle, y + 4, String(number), 'title', 'middle'),
    ...lines.flatMap((line, index) =>
      drawLine(line, middle, y + ARROW_HEIGHT + index * LINE_HEIGHT),
    ),
  ];
}

/** A line in the middle of its leg; what has changed is marked, and bears a star for those without colours. */
function drawLine({ content, changed }: Line, middle: number, y: number): string[] {
  const shown = changed ? `${content} *` : content;
  const width = shown.length * CHARACTER_WIDTH + 8;
  const ground = changed ? 'var(--mark)' : 'var(--ground)';
  return [
    rectangle(middle - width / 2, y - 11, width, LINE_HEIGHT - 1, ground),
    text(middle, y, shown, 'code', 'middle'),
  ];
}
