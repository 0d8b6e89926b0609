/**
 * UDP connections: one state, inactive, which never changes. How long it lasts: `timeouts.ts`.
 */

/** The names of the states, by number. */
export const UDP_STATES: readonly string[] = ['UDP'];
