/**
 * All generated pictures of the documentation. `npm run generate` writes them to docs/pictures, and a test
 * compares them with what is there.
 */
import { FORWARDING_METHODS } from 'ipvs';
import { drawCapturePlaces } from './capture-places-plot.js';
import { drawFleets } from './fleet-plots.js';
import { type Measured, measureAll } from './measure.js';
import { drawMoves } from './moves-plot.js';
import { drawScheduler } from './scheduler-plot.js';
import { drawTranslation } from './translation-plot.js';
import { drawWay } from './way-plot.js';

/**
 * Draws all pictures.
 *
 * @param measured - What the schedulers did with the load; default: they are measured.
 * @returns File names and contents.
 */
export function drawAll(measured: Measured[] = measureAll()): [name: string, contents: string][] {
  return [
    ...measured.map((each): [string, string] => [
      `scheduler-${each.name}.svg`,
      drawScheduler(each),
    ]),
    ['moves.svg', drawMoves(measured)],
    ['translation.svg', drawTranslation()],
    ...drawFleets(),
    ['capture-places.svg', drawCapturePlaces()],
    ...FORWARDING_METHODS.map((method): [string, string] => [`way-${method}.svg`, drawWay(method)]),
  ];
}
