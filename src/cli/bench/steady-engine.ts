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
