/**
 * How a service gets its scheduler by name, without knowing any algorithm: the registry is handed in
 * by whoever puts the pieces together.
 */
import type { Clock } from '../clock.js';
import type { RandomSource } from '../random.js';
import type { SchedulerFactory } from '../schedulers/scheduler.js';

/** The scheduler of a service that was given none: weighted least-connection. */
export const DEFAULT_SCHEDULER = 'wlc';

/** All flag bits a service may have: `flag-1`, `flag-2` and `flag-3`. */
export const ALL_SCHEDULER_FLAGS = 7;

/**
 * The flags of a service's scheduler, which the service may change at any time without making the
 * scheduler anew: a scheduler with flags keeps this object and reads it at each pick.
 */
export interface SchedulerFlags {
  /** Bit 0 is `flag-1` (`sh-fallback`, `mh-fallback`), bit 1 `flag-2` (`sh-port`, `mh-port`), bit 2 `flag-3`. */
  readonly bits: number;
}

/** What a scheduler may depend on. */
export interface SchedulerSettings {
  /** The service's flags, live. */
  readonly flags: SchedulerFlags;
  /** Where time comes from. */
  readonly clock: Clock;
  /** Where chance comes from. */
  readonly random: RandomSource;
  /**
   * A tunable of the director, as it is now.
   *
   * @param name - The kernel's name, such as `lblc_expiration`.
   * @returns Its value.
   */
  readonly tunable: (name: 'lblc_expiration' | 'lblcr_expiration') => number;
}

/**
 * Finds the factory of an algorithm.
 *
 * @param name - The algorithm's short name, such as `'rr'`.
 * @param settings - What the scheduler may depend on.
 * @returns The factory, or `undefined` when there is no such algorithm.
 */
export type SchedulerRegistry = (
  name: string,
  settings: SchedulerSettings,
) => SchedulerFactory | undefined;
