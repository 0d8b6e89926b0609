/**
 * What makes timing repeatable on a machine that others use as well.
 */
import { setFlagsFromString } from 'node:v8';

/**
 * Lets the engine compile in the thread that asks for it. Otherwise hot code waits for a background thread, on a
 * busy machine for longer than the warm-up, and what is measured is the interpreter.
 */
export function compileInForeground(): void {
  setFlagsFromString('--no-concurrent-recompilation');
}

/**
 * The processor time that this process has used: unlike the time of day it stands still while others have
 * their turn.
 *
 * @returns Milliseconds, in steps of a thousandth.
 */
export function processorTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Makes a clock that shows for how long this thread has worked. Processor time counts all threads, also those that
 * collect what someone else has left behind, and time that passes counts other processes; so from each look at the
 * clock to the next the lesser of both is added.
 *
 * @returns A clock in milliseconds.
 */
export function workingClock(): () => number {
  let worked = 0;
  let passedBefore = performance.now();
  let usedBefore = processorTimeMs();
  return () => {
    const passed = performance.now();
    const used = processorTimeMs();
    worked += Math.min(passed - passedBefore, used - usedBefore);
    passedBefore = passed;
    usedBefore = used;
    return worked;
  };
}
