/**
 * The time line of a fleet as a picture: connections in use by director, connections that break, and how even the
 * load is, with a mark for every event.
 */
import { requireKnownOptions, type OptionNames } from '../../errors.js';
import { describeFleetEvent } from './fleet-event.js';
import type { FleetResult, FleetSample } from './fleet-result.js';
import { area, label, line, picture, type Point, seriesColor } from './svg.js';

/** Options of a time line. */
export interface TimelineOptions {
  /** The heading; default how many directors there are. */
  readonly title?: string;
}

const TIMELINE_OPTIONS: OptionNames<TimelineOptions> = { title: true };

const WIDTH = 760;
const LEFT = 64;
const RIGHT = WIDTH - 96;
const TOP = 62;
const GAP = 34;
/** The heights of the three charts. */
const HEIGHTS = [150, 60, 60] as const;
const EVENT_LINE = 18;
/** More directors than this are not named one by one. */
const MOST_NAMES = 8;
/** How many points a line has at most. */
const MOST_POINTS = 200;

/** One chart: where it is, and its scale. */
interface Chart {
  readonly top: number;
  readonly bottom: number;
  readonly greatest: number;
  readonly least: number;
}

/**
 * Draws a fleet's time line.
 *
 * @param result - What became of the fleet.
 * @param options - The heading.
 * @returns An SVG document, readable in light and in dark surroundings.
 * @throws {TypeError} When an option is unknown.
 */
export function drawFleetTimeline(result: FleetResult, options: TimelineOptions = {}): string {
  requireKnownOptions('draw a time line', options, TIMELINE_OPTIONS);
  const samples = thinned(result.samples);
  const title = options.title ?? `${result.directors} directors`;
  const spoken = result.events.map((_, index) => eventText(result, index));
  const top = TOP + HEIGHTS[0] + GAP;
  const inUse = chartAt(TOP, HEIGHTS[0], Math.max(1, ...samples.map(totalOf)));
  const breaks = chartAt(top, HEIGHTS[1], Math.max(1, ...samples.map(({ broken }) => broken)));
  const evenness = evennessChart(samples, top + HEIGHTS[1] + GAP);
  const height = evenness.bottom + 34 + EVENT_LINE * result.events.length;
  return picture(WIDTH, height, `${title}. ${spoken.join('. ')}`, [
    label([16, 24], title, 'title'),
    ...frame(inUse, 'connections in use, by director', count),
    ...stack(inUse, samples),
    ...frame(breaks, 'connections that break, each second', count),
    ...bars(breaks, samples),
    ...frame(evenness, 'greatest load for each unit of weight, divided by the mean', twoDecimals),
    line(
      samples.map((each): Point => [xOf(each, samples), yOf(evenness, each.imbalance)]),
      'var(--text)',
      'stroke-width="1.5"',
    ),
    ...timeAxis(evenness.bottom, samples),
    ...result.events.flatMap((event, index) => mark(event.atSeconds, index, evenness, samples)),
    ...spoken.map((text, index) =>
      label([LEFT, evenness.bottom + 40 + EVENT_LINE * index], `${index + 1}  ${text}`),
    ),
  ]);
}

/** What happened, and what it did to all services together. */
function eventText({ events, services }: FleetResult, index: number): string {
  const event = events[index];
  const effects = services.map(({ effects: own }) => own[index]);
  const open = effects.reduce((sum, each) => sum + each.open, 0);
  const moved = effects.reduce((sum, each) => sum + each.moved, 0);
  const broken = effects.reduce((sum, each) => sum + each.broken + each.lost, 0);
  const figures = `of ${count(open)} connections ${count(moved)} move, ${count(broken)} break`;
  return `${event.atSeconds} s: ${describeFleetEvent(event)}: ${figures}`;
}

function chartAt(top: number, height: number, greatest: number, least = 0): Chart {
  return { top, bottom: top + height, greatest, least };
}

/** From 1, since nothing is below it. */
function evennessChart(samples: readonly FleetSample[], top: number): Chart {
  const worst = Math.max(...samples.map(({ imbalance }) => imbalance));
  return chartAt(top, HEIGHTS[2], Math.max(1.1, worst), 1);
}

function frame({ top, bottom, greatest, least }: Chart, title: string, write: Write): string[] {
  return [
    label([LEFT, top - 8], title, 'quiet'),
    line(
      [
        [LEFT, top],
        [RIGHT, top],
      ],
      'var(--line)',
    ),
    line(
      [
        [LEFT, bottom],
        [RIGHT, bottom],
      ],
      'var(--line)',
    ),
    label([LEFT - 6, top + 4], write(greatest), 'quiet', 'end'),
    label([LEFT - 6, bottom + 4], write(least), 'quiet', 'end'),
  ];
}

/** One area upon the other, the first director at the bottom. */
function stack(chart: Chart, samples: readonly FleetSample[]): string[] {
  const last = samples.at(-1);
  if (last === undefined) return [];
  return last.open.flatMap((_, director) => {
    const upTo = (count: number): Point[] =>
      samples.map((each) => [xOf(each, samples), yOf(chart, sumOf(each.open, count))]);
    const shape = area(
      [...upTo(director + 1), ...upTo(director).toReversed()],
      seriesColor(director),
    );
    if (last.open.length > MOST_NAMES || last.open[director] === 0) return [shape];
    const middle = sumOf(last.open, director) + last.open[director] / 2;
    return [shape, label([RIGHT + 8, yOf(chart, middle) + 4], `director ${director + 1}`, 'quiet')];
  });
}

function bars(chart: Chart, samples: readonly FleetSample[]): string[] {
  return samples
    .filter(({ broken }) => broken > 0)
    .map((each) => {
      const x = xOf(each, samples);
      return line(
        [
          [x, chart.bottom],
          [x, yOf(chart, each.broken)],
        ],
        'var(--bad)',
        'stroke-width="3"',
      );
    });
}

function timeAxis(bottom: number, samples: readonly FleetSample[]): string[] {
  const end = samples.at(-1)?.seconds ?? 0;
  return [
    label([LEFT, bottom + 16], '0 s', 'quiet'),
    label([RIGHT, bottom + 16], `${count(end)} s`, 'quiet', 'end'),
  ];
}

/** A line through all charts, with the number of the event on top. */
function mark(
  seconds: number,
  index: number,
  { bottom }: Chart,
  samples: readonly FleetSample[],
): string[] {
  const x = xAt(seconds, samples);
  return [
    line(
      [
        [x, TOP - 4],
        [x, bottom],
      ],
      'var(--text)',
      'stroke-dasharray="2 3" stroke-opacity="0.7"',
    ),
    label([x, TOP - 20], `${index + 1}`, 'title', 'middle'),
  ];
}

/** As many samples as can be seen; what broke in those left out is added to the next one. */
function thinned(samples: readonly FleetSample[]): FleetSample[] {
  const step = Math.ceil(samples.length / MOST_POINTS);
  const kept: FleetSample[] = [];
  for (let from = 0; from < samples.length; from += step) {
    const group = samples.slice(from, from + step);
    const last = group.at(-1) as FleetSample;
    kept.push({ ...last, broken: group.reduce((sum, { broken }) => sum + broken, 0) });
  }
  return kept;
}

type Write = (value: number) => string;

function xOf({ seconds }: FleetSample, samples: readonly FleetSample[]): number {
  return xAt(seconds, samples);
}

function xAt(seconds: number, samples: readonly FleetSample[]): number {
  const end = Math.max(1, samples.at(-1)?.seconds ?? 0);
  return LEFT + ((RIGHT - LEFT) * Math.min(seconds, end)) / end;
}

function yOf({ top, bottom, greatest, least }: Chart, value: number): number {
  return bottom - ((bottom - top) * Math.max(0, value - least)) / (greatest - least);
}

function totalOf({ open }: FleetSample): number {
  return sumOf(open, open.length);
}

function sumOf(values: readonly number[], length: number): number {
  return values.slice(0, length).reduce((sum, each) => sum + each, 0);
}

function count(value: number): string {
  return `${Math.round(value)}`.replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

function twoDecimals(value: number): string {
  return value.toFixed(2);
}
