/**
 * The format of states as plain JSON: of a director, a virtual service, a list of servers, and all others that can be
 * saved and restored. Each carries the number of its format. A change after which an older state would be misread gets
 * a new number, and a state of another format is refused before anything is restored.
 */
import { show } from './errors.js';

/** The number of the format in which states are saved. */
export const STATE_FORMAT = 1;

/** What every saved state begins with. */
export interface SavedState {
  /** The number of its format; 1. */
  readonly format: number;
}

/**
 * Requires that a state is of the format that is read here.
 *
 * @param what - What is restored, for the message, such as `a director`.
 * @param state - The state; any value.
 * @throws {TypeError} When it is no object.
 * @throws {RangeError} When it is of another format.
 */
export function requireStateFormat(what: string, state: unknown): asserts state is SavedState {
  if (typeof state !== 'object' || state === null) {
    throw new TypeError(`Cannot restore ${what}: expected its saved state, got ${show(state)}`);
  }
  const format = 'format' in state ? state.format : undefined;
  if (format === STATE_FORMAT) return;
  throw new RangeError(
    `Cannot restore ${what}: expected a state of format ${STATE_FORMAT}, got ${show(format)}`,
  );
}
