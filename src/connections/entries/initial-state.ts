/**
 * The initial state of an entry, and the timeouts that no protocol sets.
 */
import { FLAG_INACTIVE } from './flags.js';

/** The timeout of a new entry until its protocol sets another one. */
export const INITIAL_TIMEOUT_MS = 3000;

/** The timeout of a template whose time is up while it controls connections. */
export const REARM_MS = 60_000;
/** The greatest timeout: 32 days. */
export const MAX_TIMEOUT_MS: number = 32 * 86_400_000;

/** State, activity and timeout of a new entry. */
export interface InitialState {
  /** The number of the state, 0–15; 0 for templates. */
  readonly state: number;
  /** Whether it counts as active at its server; `false` for templates. */
  readonly active: boolean;
  /** The timeout in milliseconds, 0–2764800000. */
  readonly timeoutMs: number;
}

/** The initial state of entries made by packets: the protocol then moves the state. */
export const NEW_ENTRY: InitialState = { state: 0, active: false, timeoutMs: INITIAL_TIMEOUT_MS };

const NEW_ACTIVE_ENTRY: InitialState = { state: 0, active: true, timeoutMs: INITIAL_TIMEOUT_MS };

/** The initial state of an entry with these flags. */
export function initialStateOf(flags: number): InitialState {
  return (flags & FLAG_INACTIVE) === 0 ? NEW_ACTIVE_ENTRY : NEW_ENTRY;
}
