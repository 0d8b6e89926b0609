/**
 * Plots of a report as SVG, drawn by vega-lite without a browser; the same rows give the same bytes.
 */
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Row } from './report.js';
import { OURS } from './suite.js';
import type { QualityRow } from '../suites/quality.js';

/** A file name and its contents. */
export type NamedFile = readonly [name: string, contents: string];

/** One curve of a plot of cost against size. */
export interface Curve {
  /** What it is called in the legend. */
  readonly name: string;
  /** The rows it goes through. */
  readonly rows: readonly Row[];
}

interface Vega {
  readonly View: new (runtime: unknown, options: object) => { toSVG(): Promise<string> };
  parse(spec: unknown): unknown;
}

interface VegaLite {
  compile(spec: object): { spec: unknown };
}

/** Colours that differ for most eyes; grey for limits. */
const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#999999'];

/**
 * Whether plots can be drawn.
 *
 * @returns `false` when the packages of `bench/package.json` are not installed.
 */
export function canPlot(): boolean {
  return existsSync('bench/node_modules/vega') && existsSync('bench/node_modules/vega-lite');
}

/**
 * Plots cost against size, both on logarithmic axes.
 *
 * @param title - The title.
 * @param size - What the size counts.
 * @param curves - The curves.
 * @returns An SVG document.
 */
export function plotCosts(title: string, size: string, curves: readonly Curve[]): Promise<string> {
  const values = curves.flatMap(({ name, rows }) =>
    rows.map(({ n, nsPerOp }) => ({ name, n, nsPerOp })),
  );
  return draw({
    title,
    width: 480,
    height: 300,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'n', type: 'quantitative', scale: { type: 'log' }, title: size },
      y: {
        field: 'nsPerOp',
        type: 'quantitative',
        scale: { type: 'log' },
        title: 'nanoseconds per operation',
      },
      color: colourBy(curves.map(({ name }) => name)),
    },
  });
}

/**
 * Plots how each algorithm distributes its picks over sixteen servers of different weights.
 *
 * @param rows - The quality of the picks.
 * @returns An SVG document with a small plot per algorithm; 1 is what the weight asks for.
 */
export function plotDistribution(rows: readonly QualityRow[]): Promise<string> {
  const values = rows
    .filter(({ impl }) => impl === OURS)
    .flatMap(({ job, relativeShares }) =>
      relativeShares.map((share, place) => ({ job, place: place + 1, share })),
    );
  return draw({
    title: 'Share of the picks over the share the weight asks for',
    data: { values },
    columns: 4,
    facet: { field: 'job', type: 'nominal', title: null, sort: null },
    spec: {
      width: 150,
      height: 70,
      layer: [
        {
          mark: { type: 'bar', color: PALETTE[0] },
          encoding: {
            x: {
              field: 'place',
              type: 'ordinal',
              title: 'servers, heaviest first',
              axis: { labels: false, ticks: false },
            },
            y: { field: 'share', type: 'quantitative', title: null, scale: { type: 'symlog' } },
          },
        },
        { mark: { type: 'rule', color: '#999999' }, encoding: { y: { datum: 1 } } },
      ],
    },
  });
}

function colourBy(names: readonly string[]): object {
  return {
    field: 'name',
    type: 'nominal',
    title: null,
    sort: null,
    legend: { labelLimit: 0 },
    scale: { domain: names, range: PALETTE },
  };
}

async function draw(spec: object): Promise<string> {
  const vega = (await load('vega')) as Vega;
  const vegaLite = (await load('vega-lite')) as VegaLite;
  const config = { background: 'white', font: 'sans-serif' };
  const { spec: compiled } = vegaLite.compile({ ...spec, config });
  const svg = await new vega.View(vega.parse(compiled), { renderer: 'none' }).toSVG();
  return `${svg}\n`;
}

/** Loads a package of this folder, which the bundled program cannot see. */
async function load(name: string): Promise<unknown> {
  const path = createRequire(resolve('bench/package.json')).resolve(name);
  return import(pathToFileURL(path).href);
}
