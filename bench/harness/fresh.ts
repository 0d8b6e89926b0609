/**
 * Functions of which the engine knows nothing yet.
 *
 * What the engine learns of the types in a loop it keeps for all closures made of the same source: the
 * second implementation to go through a loop is slower than the first for that reason alone. A loop that is
 * compiled again for each implementation treats them alike.
 */
import { runInThisContext } from 'node:vm';

/**
 * Compiles a function again.
 *
 * @param original - A function that refers to nothing but its parameters and globals.
 * @returns A function with the same source and a history of its own.
 */
export function fresh<F extends (...args: never[]) => unknown>(original: F): F {
  return runInThisContext(`(${original.toString()})`) as F;
}
