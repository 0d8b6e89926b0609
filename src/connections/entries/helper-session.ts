/**
 * What a helper remembers of a connection: which reply it waits for, and how sequence numbers of the server are shifted.
 */

/** The memory of a helper, as plain JSON. */
export interface HelperState {
  /** The reply that the client has asked for; 0 = none. */
  readonly waitsFor: number;
  /** The sequence number of the last segment whose length was changed, as the server sent it: 32 bits, signed. */
  readonly position: number;
  /** The shift up to that segment. */
  readonly before: number;
  /** The shift behind it. */
  readonly behind: number;
  /** The reply that was rewritten last; 0 = none. */
  readonly answered: number;
  /** Its sequence number, as the server sent it. */
  readonly answeredAt: number;
}

/** The memory of a helper; written by the helper, and by what restores it. */
export class HelperSession implements HelperState {
  waitsFor = 0;
  position = 0;
  before = 0;
  behind = 0;
  answered = 0;
  answeredAt = 0;
}
