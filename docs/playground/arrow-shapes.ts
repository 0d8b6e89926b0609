/**
 * An arrow as shapes: a line, a tip, dots that move along it, and a pipe around it when it is a tunnel.
 */
import type { Arrow } from './stage-arrows.js';
import { type Point, round, type Shape } from './shape.js';

/**
 * Draws an arrow.
 *
 * @param arrow - The arrow.
 * @param marked - Whether a packet is on it that the reader follows.
 * @returns Its shapes, from the back to the front.
 */
export function arrowShapes(arrow: Arrow, marked = false): Shape[] {
  const { key, kind, points, rate, tunnel, tip } = arrow;
  const width = marked ? Math.max(3, arrow.width) : arrow.width;
  const idle = rate <= 0 && !marked;
  const line = pathOf(tip ? shortened(points, idle ? 5 : tipLength(width)) : points);
  const state = marked ? 'marked' : idle ? 'idle' : 'busy';
  const style = `arrow ${kind} ${state}`;
  const pipe: Shape[] = tunnel ? [pathShape(`${key} pipe`, line, 'pipe', round(width + 9))] : [];
  const dots: Shape[] = idle ? [] : [pathShape(`${key} dots`, line, 'dots', dotWidth(width))];
  return [
    ...pipe,
    pathShape(key, line, style, idle ? 1.5 : round(width)),
    ...dots,
    ...(tip ? [tipShape(`${key} tip`, points, `tip ${kind} ${state}`, idle ? 1.5 : width)] : []),
  ];
}

/**
 * The middle of an arrow.
 *
 * @param arrow - The arrow.
 * @returns The point half the way along its first curve, or its only one.
 */
export function middleOf({ points }: Arrow): Point {
  const [a, b, c, d] = points as unknown as [Point, Point, Point, Point];
  const at = (axis: 0 | 1): number => (a[axis] + 3 * b[axis] + 3 * c[axis] + d[axis]) / 8;
  return [at(0), at(1)];
}

function pathShape(key: string, d: string, style: string, width: number): Shape {
  return { key, tag: 'path', attributes: { d, class: style, 'stroke-width': width } };
}

function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points.map(([x, y]) => `${round(x)} ${round(y)}`);
  const curves: string[] = [];
  for (let i = 0; i + 2 < rest.length; i += 3) curves.push(`C${rest.slice(i, i + 3).join(' ')}`);
  return `M${first}${curves.join('')}`;
}

/** Ends the line where the tip begins. */
function shortened(points: readonly Point[], by: number): Point[] {
  const [end, ahead] = endOf(points);
  return [...points.slice(0, -1), [end[0] - ahead[0] * by, end[1] - ahead[1] * by]];
}

function tipShape(key: string, points: readonly Point[], style: string, width: number): Shape {
  const [[x, y], [dx, dy]] = endOf(points);
  const length = tipLength(width);
  const half = width / 2 + 3.5;
  const [baseX, baseY] = [x - dx * length, y - dy * length];
  const corners = [
    [x, y],
    [baseX - dy * half, baseY + dx * half],
    [baseX + dy * half, baseY - dx * half],
  ];
  const d = `M${corners.map((corner) => corner.map(round).join(' ')).join('L')}Z`;
  return { key, tag: 'path', attributes: { d, class: style } };
}

/** The end of a line, and the direction in which it arrives. */
function endOf(points: readonly Point[]): readonly [Point, Point] {
  const end = points.at(-1) as Point;
  const before = points.at(-2) as Point;
  const [dx, dy] = [end[0] - before[0], end[1] - before[1]];
  const length = Math.hypot(dx, dy) || 1;
  return [end, [dx / length, dy / length]];
}

function tipLength(width: number): number {
  return 6 + width * 0.35;
}

function dotWidth(width: number): number {
  return round(Math.min(4, Math.max(1.5, width * 0.45)));
}
