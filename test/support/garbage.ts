/** Measures what a function leaves for the garbage collector. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * How many bytes the heap grows by while a function runs, without and with what a collection frees.
 *
 * Compiling leaves some too, so it is the least of several rounds.
 */
export function heapGrowth(run: () => void): { readonly garbage: number; readonly kept: number } {
  let garbage = Infinity;
  let kept = Infinity;
  for (let round = 0; round < 5; round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    run();
    garbage = Math.min(garbage, process.memoryUsage().heapUsed - before);
    collect();
    kept = Math.min(kept, process.memoryUsage().heapUsed - before);
  }
  return { garbage, kept };
}
