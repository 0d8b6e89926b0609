/** Measures what a function leaves for the garbage collector. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * How many bytes the heap grows by while a function runs, freed by a collection or not.
 *
 * Compilers leave something too, now and then, so the least of several rounds counts; the rounds end
 * early when one stays below what is allowed.
 */
export function heapGrowth(allowed: number, run: () => void): number {
  let least = Infinity;
  for (let round = 0; round < 60 && least > allowed; round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    run();
    const garbage = process.memoryUsage().heapUsed - before;
    collect();
    const kept = process.memoryUsage().heapUsed - before;
    least = Math.min(least, Math.max(garbage, kept));
  }
  return least;
}
