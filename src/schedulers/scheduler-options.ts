/**
 * The options of all algorithms together, and the check that a name among them is not misspelled.
 */
import { type OptionNames, requireKnownOptions } from '../errors.js';
import type { LocalityOptions } from './locality-options.js';
import type { PowerOfTwoChoicesOptions } from './power-of-two-choices.js';
import type { SchedulerFlags } from './scheduler.js';

/** The options of all algorithms together; each takes those it knows. */
export interface SchedulerOptions
  extends SchedulerFlags, LocalityOptions, PowerOfTwoChoicesOptions {}

const SCHEDULER_OPTIONS: OptionNames<SchedulerOptions> = {
  fallback: true,
  port: true,
  clock: true,
  expirationMs: true,
  random: true,
  kernel: true,
};

/**
 * Checks the options of a scheduler. Options of another algorithm are accepted, so that one object serves all.
 *
 * @param options - The options.
 * @throws {TypeError} When it is no object, or a name is unknown.
 */
export function requireSchedulerOptions(options: unknown): void {
  requireKnownOptions('create a scheduler', options, SCHEDULER_OPTIONS);
}
