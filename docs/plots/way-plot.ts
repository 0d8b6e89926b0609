/**
 * A packet's way by one forwarding method: who hands which headers to whom. The packets are those of the
 * playground, which come out of a real director.
 */
import type { ForwardingMethod } from 'ipvs';
import { type Field, fieldsOf } from '../playground/packet-fields.js';
import { createFlow } from 'ipvs';
import { copyDirector } from '../playground/director-copy.js';
import { ownerOf } from '../playground/link.js';
import { type Hop, pathOf, type Station } from '../playground/packet-path.js';
import { setUp } from '../playground/setup.js';
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

/** The option of a method, and the server's port. */
const RULES: Readonly<Record<ForwardingMethod, readonly [string, number]>> = {
  masquerading: ['-m', 8080],
  gatewaying: ['-g', 80],
  tunneling: ['-i', 80],
};
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
  const legs = hopsOf(method).flatMap(legsOf);
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

/** The path with the rules of the guide's pictures. */
function hopsOf(method: ForwardingMethod): Hop[] {
  const [option, port] = RULES[method];
  const rules = `-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:${port} ${option}`;
  const { director, service } = copyDirector(setUp(rules, 1));
  const flow = createFlow({
    source: '198.51.100.7',
    sourcePort: 40_000,
    destination: '192.0.2.1',
    destinationPort: 80,
  });
  return pathOf(flow, { director, servers: service?.servers ?? [], mark: 0 });
}

/** A step between two stations, with what has changed since the step before. */
function legsOf({ from, to, frame, tunnel, former }: Hop): Leg[] {
  if (from === to) return [];
  const before = former === undefined ? undefined : linesOf(fieldsOf(former.frame, former.tunnel));
  const lines = linesOf(fieldsOf(frame, tunnel)).map((content) => ({
    content,
    changed: before?.includes(content) === false,
  }));
  return [{ from, to, lines }];
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
