/**
 * Following a file until the user interrupts: the sum is printed then.
 */

/** Until SIGINT or SIGTERM; the second one ends the process. */
export interface Interruption {
  /** Whether the user has seen enough. */
  readonly ended: boolean;
}

/**
 * Begins to listen for an interruption.
 *
 * @returns What is known of it; changes when it comes.
 */
export function untilInterrupted(): Interruption {
  const state = { ended: false };
  const end = (): void => {
    state.ended = true;
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  return state;
}
