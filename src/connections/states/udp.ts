/**
 * UDP connections: one state, inactive, which never changes.
 */

/** The names of the states, by number. */
export const UDP_STATES: readonly string[] = ['UDP'];
