/**
 * All schedulers in one picture: which part of the clients meets another server after one has left.
 */
import type { Measured } from './measure.js';
import { picture, rectangle, seriesColour, text } from './svg.js';

const WIDTH = 330;
const LEFT = 44;
const RIGHT = WIDTH - 48;
const TOP = 62;
const STEP = 18;

/**
 * Draws the part of the clients that move, scheduler by scheduler.
 *
 * @param all - What each scheduler made of the load.
 * @returns The SVG document.
 */
export function drawMoves(all: readonly Measured[]): string {
  const sorted = all.toSorted((a, b) => a.moved - b.moved);
  const spoken = sorted.map(({ name, moved }) => `${name}: ${percent(moved)}`);
  const title = `Clients that meet another server after one has left. ${spoken.join(', ')}`;
  return picture(WIDTH, TOP + STEP * all.length + 8, title, [
    text(LEFT, 18, 'clients that meet another server', 'title'),
    rectangle(LEFT, 30, 9, 9, seriesColour(0)),
    text(LEFT + 14, 39, 'theirs has left', 'quiet'),
    rectangle(LEFT + 110, 30, 9, 9, seriesColour(1)),
    text(LEFT + 124, 39, 'theirs is still there', 'quiet'),
    ...sorted.flatMap((measured, index) => row(measured, TOP + STEP * index)),
  ]);
}

function row({ name, moved, mustMove }: Measured, y: number): string[] {
  const span = RIGHT - LEFT;
  const must = Math.min(mustMove, moved);
  return [
    text(LEFT - 6, y + 10, name, 'quiet', 'end'),
    rectangle(LEFT, y, span * must, 12, seriesColour(0)),
    rectangle(LEFT + span * must, y, span * (moved - must), 12, seriesColour(1)),
    text(LEFT + span * moved + 6, y + 10, percent(moved), 'quiet'),
  ];
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
