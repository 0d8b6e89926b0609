/**
 * What becomes of a segment that connection tracking judged.
 */

/** The segment is part of the connection. */
export const ACCEPTED = 0;
/** The segment is passed, and changed nothing. */
export const PASSED = 1;
/** The segment is invalid. */
export const REFUSED = 2;
/** The segment ends the connection, which no answer was seen of: it is to be forgotten. */
export const ENDED = 3;
/** The segment is a SYN for a connection that is over: forget that one, and judge the segment again. */
export const REOPENED = 4;
