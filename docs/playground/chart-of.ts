/**
 * The curves of a lane up to the present moment.
 */
import type { Chart } from './chart-shapes.js';
import type { Curve } from './history.js';
import type { Race } from './race.js';
import { SERVER_COLORS } from './stage.js';

/** Scales go to these values at least, so that the first connections do not fill a chart. */
const LEAST_CONNECTIONS = 10;
const LEAST_PER_SECOND = 4;

/**
 * Takes the curves.
 *
 * @param race - The run.
 * @param index - Which lane.
 * @returns What the chart shows; all lanes of a run have the same scale.
 */
export function chartOf(race: Race, index: number): Omit<Chart, 'width' | 'height'> {
  const { measure } = race;
  const all = race.lanes.map(
    ({ tallies }, lane): Curve[] =>
      race.histories[lane]?.curves(race.nowMs, tallies, measure) ?? [],
  );
  const least = measure === 'opened' ? LEAST_PER_SECOND : LEAST_CONNECTIONS;
  return {
    endMs: race.endMs,
    nowMs: race.nowMs,
    most: Math.max(least, ...all.flat().map(greatestOf)),
    curves: (all[index] ?? []).map((curve, place) => ({ ...curve, color: place % SERVER_COLORS })),
    changesMs: race.changes.map(({ atMs }) => atMs),
  };
}

function greatestOf({ points }: Curve): number {
  return points.reduce((most, [, value]) => Math.max(most, value), 0);
}
