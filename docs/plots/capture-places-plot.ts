/**
 * Where captures are taken, and what `ipvs translate` makes of each.
 */
import { arrow, picture, rectangle, text } from './svg.js';

const WIDTH = 660;
const HEIGHT = 282;
const LEFT = 20;
const BOX_WIDTH = 110;
const BOX_HEIGHT = 40;
const UPPER_TOP = 30;
const LOWER_TOP = 102;
const LIST_TOP = 178;
const LINE_HEIGHT = 22;
const BADGE = 9;
const CLIENT_X = LEFT;
const DIRECTOR_X = 250;
const SERVER_X = WIDTH - LEFT - BOX_WIDTH;

/** The places, in the order of their numbers. */
const PLACES: readonly (readonly [where: string, what: string])[] = [
  ['before the director', 'every packet is decided'],
  ['behind the director', 'answers are decided; what the director sent is left out'],
  ['at a real server', 'tunnel packets are unpacked; routed ones and answers are decided'],
  ['1 and 2 by mergecap', 'each packet counts once'],
  ['at a plain server', '--before-lvs: its address becomes virtual, its answers a real server’s'],
];

/**
 * Draws the places, and a list of what they mean.
 *
 * @returns The SVG document.
 */
export function drawCapturePlaces(): string {
  const list = PLACES.map(([where, what], index) => `${index + 1}: ${where}: ${what}`);
  return picture(WIDTH, HEIGHT, `Where captures are taken. ${list.join('. ')}.`, [
    ...box(CLIENT_X, UPPER_TOP, 'client', 2),
    ...box(DIRECTOR_X, UPPER_TOP, 'director', 0),
    ...box(SERVER_X, UPPER_TOP, 'real server', 1),
    ...link(CLIENT_X, DIRECTOR_X, UPPER_TOP),
    ...link(DIRECTOR_X, SERVER_X, UPPER_TOP),
    ...badge((CLIENT_X + BOX_WIDTH + DIRECTOR_X) / 2, UPPER_TOP + BOX_HEIGHT / 2, 1),
    ...badge((DIRECTOR_X + BOX_WIDTH + SERVER_X) / 2, UPPER_TOP + BOX_HEIGHT / 2, 2),
    ...badge(SERVER_X, UPPER_TOP, 3),
    ...box(CLIENT_X, LOWER_TOP, 'client', 2),
    ...box(SERVER_X, LOWER_TOP, 'plain server', 3),
    ...link(CLIENT_X, SERVER_X, LOWER_TOP),
    ...badge(SERVER_X, LOWER_TOP, 5),
    ...PLACES.flatMap(([where, what], index) => {
      const y = LIST_TOP + index * LINE_HEIGHT;
      return [
        ...badge(LEFT + BADGE, y - 4, index + 1),
        text(LEFT + 28, y, where),
        text(LEFT + 170, y, what),
      ];
    }),
  ]);
}

function box(left: number, top: number, name: string, series: number): string[] {
  return [
    rectangle(left, top, BOX_WIDTH, BOX_HEIGHT, `var(--s${series})`),
    rectangle(left + 2, top + 2, BOX_WIDTH - 4, BOX_HEIGHT - 4, 'var(--ground)'),
    text(left + BOX_WIDTH / 2, top + BOX_HEIGHT / 2 + 4, name, '', 'middle'),
  ];
}

/** Packets of both directions between two boxes. */
function link(from: number, to: number, top: number): string[] {
  const y = top + BOX_HEIGHT / 2;
  const [left, right] = [from + BOX_WIDTH + 4, to - 4];
  return [...arrow(left, y - 5, right, y - 5), ...arrow(right, y + 5, left, y + 5)];
}

function badge(x: number, y: number, number: number): string[] {
  return [
    rectangle(x - BADGE, y - BADGE, 2 * BADGE, 2 * BADGE, 'var(--text)'),
    rectangle(x - BADGE + 1, y - BADGE + 1, 2 * BADGE - 2, 2 * BADGE - 2, 'var(--mark)'),
    text(x, y + 4, String(number), '', 'middle'),
  ];
}
