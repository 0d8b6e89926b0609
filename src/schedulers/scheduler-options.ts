/**
 * The check that no option of a scheduler is misspelled.
 */
import { requireKnownOptions } from '../errors.js';

/** The names of the options of all algorithms together. */
export const SCHEDULER_OPTION_NAMES = {
  fallback: true,
  port: true,
  clock: true,
  expirationMs: true,
  random: true,
  kernel: true,
} as const;

/**
 * Checks the options of a scheduler. Options of another algorithm are accepted, so that one object serves all.
 *
 * @param options - The options.
 * @throws {TypeError} When it is no object, or a name is unknown.
 */
export function requireSchedulerOptions(options: unknown): void {
  requireKnownOptions('create a scheduler', options, SCHEDULER_OPTION_NAMES);
}
