/**
 * Curves over time: one for each server, with a mark where something changes.
 */
import { scaleTo, spreadLabels } from './chart-scale.js';
import type { Curve } from './history.js';
import { fitText, type Point, round, type Shape, textShape } from './shape.js';

/** What a chart shows. */
export interface Chart {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** How long the load lasts, in milliseconds. */
  readonly endMs: number;
  /** The present moment, in milliseconds. */
  readonly nowMs: number;
  /** The scale reaches this value; curves do not exceed it. */
  readonly most: number;
  /** The curves, each with its color, 0–7. */
  readonly curves: readonly (Curve & { readonly color: number })[];
  /** When something changes, in milliseconds, in order. */
  readonly changesMs: readonly number[];
}

const LEFT = 34;
const TOP = 18;
const BOTTOM = 20;
const LABEL_WIDTH = 6.2;
const LABEL_GAP = 13;
const NUMBER_GAP = 24;
/** The most labels at the end of curves: more have no room. */
const MAX_LABELS = 8;

/**
 * Draws a chart.
 *
 * @param chart - What it shows.
 * @returns The shapes, from the back to the front.
 */
export function chartShapes(chart: Chart): Shape[] {
  const { width, height, endMs, curves } = chart;
  const scale = scaleTo(chart.most);
  const labels = width >= 420 && curves.length <= MAX_LABELS;
  const right = width - (labels ? 100 : 8);
  const x = (timeMs: number): number => LEFT + ((right - LEFT) * timeMs) / Math.max(1, endMs);
  const y = (value: number): number =>
    TOP + (height - TOP - BOTTOM) * (1 - value / Math.max(1, scale.most));
  return [
    ...scale.ticks.flatMap((tick) => tickShapes(tick, y(tick), right)),
    ...timeShapes(chart, x),
    ...changeShapes(chart, x),
    ...curves.map((curve) => curveShape(curve, x, y)),
    ...(labels ? labelShapes(curves, x, y, [TOP, height - BOTTOM]) : []),
  ];
}

function tickShapes(tick: number, y: number, right: number): Shape[] {
  const attributes = { x1: LEFT, x2: round(right), y1: round(y), y2: round(y), class: 'grid' };
  return [
    { key: `grid ${tick}`, tag: 'line', attributes },
    textShape(`tick ${tick}`, [LEFT - 6, y + 4], String(tick), 'small', 'end'),
  ];
}

function timeShapes({ endMs, width, height }: Chart, x: (timeMs: number) => number): Shape[] {
  const { ticks } = scaleTo(endMs / 1000, width < 420 ? 3 : 6);
  return ticks
    .filter((seconds) => seconds * 1000 <= endMs * 1.001)
    .map((seconds) =>
      textShape(
        `time ${seconds}`,
        [x(seconds * 1000), height - 4],
        `${seconds} s`,
        'small',
        seconds === 0 ? 'start' : 'middle',
      ),
    );
}

/** Lines where something changes, numbered as in the list of changes. */
function changeShapes(
  { changesMs, nowMs, width, height }: Chart,
  x: (timeMs: number) => number,
): Shape[] {
  const moments = new Map<number, number[]>();
  for (const [index, atMs] of changesMs.entries()) {
    moments.set(atMs, [...(moments.get(atMs) ?? []), index + 1]);
  }
  const places = spreadLabels([...moments.keys()].map(x), NUMBER_GAP, [LEFT, width - 4]);
  return [...moments].flatMap(([atMs, numbers], index): Shape[] => {
    const at = round(x(atMs));
    const style = atMs <= nowMs ? 'change' : 'change planned';
    const attributes = { x1: at, x2: at, y1: TOP - 4, y2: height - BOTTOM, class: style };
    const first = numbers[0];
    const label = numbers.length > 1 ? `${first}–${numbers.at(-1)}` : String(first);
    return [
      { key: `change ${atMs}`, tag: 'line', attributes },
      textShape(`change ${atMs} number`, [places[index], 11], label, 'small', 'middle'),
    ];
  });
}

function curveShape(
  { name, points, color }: Chart['curves'][number],
  x: (timeMs: number) => number,
  y: (value: number) => number,
): Shape {
  const d = points.map(([timeMs, value]) => `${round(x(timeMs))} ${round(y(value))}`).join('L');
  return {
    key: `curve ${name}`,
    tag: 'path',
    attributes: { d: d === '' ? '' : `M${d}`, class: `curve c${color}` },
  };
}

function labelShapes(
  curves: Chart['curves'],
  x: (timeMs: number) => number,
  y: (value: number) => number,
  range: Point,
): Shape[] {
  const ended = curves.filter(({ points }) => points.length > 1);
  const ends = ended.map(({ points }) => points.at(-1) as Point);
  const places = spreadLabels(
    ends.map(([, value]) => y(value)),
    LABEL_GAP,
    range,
  );
  return ended.map(({ name, color }, index) => {
    const [timeMs] = ends[index];
    const place: Point = [x(timeMs) + 5, places[index] + 4];
    return textShape(`label ${name}`, place, fitText(name, 95, LABEL_WIDTH), `label t${color}`);
  });
}
