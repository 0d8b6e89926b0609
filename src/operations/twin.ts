/**
 * A twin of a running director: its rules, connections with their timers, counters, statistics and settings, from
 * the files that the collecting script writes.
 */
import { ManualClock } from '../clock.js';
import { Director } from '../director/director.js';
import type { DirectorOptions } from '../director/director-options.js';
import { seededRandom } from '../random.js';
import { applyRules } from './apply-rules.js';
import { applyTunables } from './apply-tunables.js';
import { listedDirector } from './listed-director.js';
import type { TextWarning, UnderstoodText } from './understood-text.js';

/** How a twin is made. */
export interface TwinOptions extends Pick<DirectorOptions, 'host' | 'kernel'> {
  /** Decides its draws; any integer, default 1. */
  readonly seed?: number;
}

/** A live director in the state of another one. */
export interface Twin {
  /** The director; its clock stands at 0, the moment of the listings. */
  readonly director: Director;
  /** Its clock. */
  readonly clock: ManualClock;
  /** What is to be said of what it was made from. */
  readonly warnings: readonly TextWarning[];
}

/**
 * Makes a twin.
 *
 * @param text - What the files of the folder come to, one after the other.
 * @param options - How it is made.
 * @returns The twin.
 * @throws {IpvsError} When a rule is refused.
 * @example
 * {@includeCode ../../docs/examples/twin.ts}
 */
export function createTwin(text: UnderstoodText, options: TwinOptions = {}): Twin {
  const { seed = 1, ...rest } = options;
  const clock = new ManualClock();
  const made = { ...rest, clock, random: seededRandom(seed) };
  const empty = new Director(made);
  const idle = applyRules(text, empty);
  const unknown = applyTunables(text.tunables, empty);
  const director = listedDirector(empty, text, made);
  return { director, clock, warnings: [...text.warnings, ...idle, ...unknown] };
}
