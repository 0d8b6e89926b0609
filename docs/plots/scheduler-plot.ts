/**
 * One scheduler in a small picture: above, the connections in use on each server over time; below, the
 * share of each server and a mark where its weight would have it.
 */
import { LEAVES_AT, type Measured, SECONDS } from './measure.js';
import { picture, polyline, rectangle, seriesColour, text } from './svg.js';

const WIDTH = 330;
const HEIGHT = 240;
const LEFT = 44;
const RIGHT = WIDTH - 12;
const TOP = 42;
const BOTTOM = 140;
const FIRST_BAR = 182;
const BAR_STEP = 14;

/**
 * Draws a scheduler.
 *
 * @param measured - What it made of the load.
 * @returns The SVG document.
 */
export function drawScheduler(measured: Measured): string {
  const { name, shares, weights } = measured;
  const spoken = shares.map((share, index) => `weight ${weights[index]}: ${percent(share)}`);
  return picture(WIDTH, HEIGHT, `${name}: shares by weight. ${spoken.join(', ')}`, [
    text(LEFT, 18, name, 'title'),
    text(RIGHT, 18, 'connections in use', 'quiet', 'end'),
    text(LEFT, FIRST_BAR - 6, 'share, by weight', 'quiet'),
    ...axes(measured),
    ...curves(measured),
    ...bars(measured),
  ]);
}

/** The least multiple of 100 that no curve exceeds. */
function scaleOf({ inUse }: Measured): number {
  return Math.ceil(Math.max(...inUse.flat()) / 100) * 100;
}

function axes(measured: Measured): string[] {
  const most = scaleOf(measured);
  const leaves = xOf(LEAVES_AT);
  return [
    text(LEFT - 6, TOP + 4, String(most), 'quiet', 'end'),
    text(LEFT - 6, BOTTOM, '0', 'quiet', 'end'),
    polyline(
      [
        [LEFT, TOP],
        [LEFT, BOTTOM],
        [RIGHT, BOTTOM],
      ],
      'var(--line)',
    ),
    polyline(
      [
        [leaves, TOP],
        [leaves, BOTTOM],
      ],
      'var(--quiet)',
      'stroke-dasharray="3 3"',
    ),
    text(leaves, BOTTOM + 14, 'the strongest leaves', 'quiet', 'middle'),
    text(RIGHT, BOTTOM + 14, `${SECONDS} s`, 'quiet', 'end'),
  ];
}

function curves(measured: Measured): string[] {
  const most = scaleOf(measured);
  return measured.inUse.map((counts, server) =>
    polyline(
      counts.map((count, second) => [xOf(second + 1), BOTTOM - (count / most) * (BOTTOM - TOP)]),
      seriesColour(server),
      'stroke-width="1.5"',
    ),
  );
}

function bars({ weights, shares, asked }: Measured): string[] {
  const span = RIGHT - LEFT - 40;
  return weights.flatMap((weight, server) => {
    const y = FIRST_BAR + server * BAR_STEP;
    const share = shares[server];
    return [
      text(LEFT - 6, y + 9, String(weight), 'quiet', 'end'),
      rectangle(LEFT, y, span * share, 9, seriesColour(server)),
      rectangle(LEFT + span * asked[server] - 1, y - 1, 2, 11, 'var(--text)'),
      text(RIGHT, y + 9, percent(share), 'quiet', 'end'),
    ];
  });
}

function xOf(second: number): number {
  return LEFT + (second / SECONDS) * (RIGHT - LEFT);
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
