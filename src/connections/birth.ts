/**
 * What an entry is born as.
 */
import { FLAG_INACTIVE } from './entries/flags.js';

/** The timeout of a new entry until its protocol sets another one. */
export const BIRTH_TIMEOUT_MS = 3000;

/** State, activity and timeout of a new entry. */
export interface Birth {
  /** The number of the state, 0–15; 0 for templates. */
  readonly state: number;
  /** Whether it counts as active at its server; `false` for templates. */
  readonly active: boolean;
  /** What the timer is set to, at first and at each use: milliseconds, 0–2764800000. */
  readonly timeoutMs: number;
}

/** As packets make entries: the protocol then moves the state. */
export const NEWBORN: Birth = { state: 0, active: false, timeoutMs: BIRTH_TIMEOUT_MS };

const NEWBORN_ACTIVE: Birth = { state: 0, active: true, timeoutMs: BIRTH_TIMEOUT_MS };

/** As flags say that come from elsewhere. */
export function bornAs(flags: number): Birth {
  return (flags & FLAG_INACTIVE) === 0 ? NEWBORN_ACTIVE : NEWBORN;
}
