/**
 * UDP connections: one state, in which they stay, inactive, for life.
 */

/** The names of the states, by number. */
export const UDP_STATES: readonly string[] = ['UDP'];
