/**
 * How a service gets its scheduler by name, without knowing any algorithm: the registry is handed in
 * by the caller.
 */
import type { Clock } from '../clock.js';
import type { RandomSource } from '../random.js';
import type { SchedulerFactory, SchedulerFlags } from '../schedulers/scheduler.js';

/** The scheduler of a service that was given none: weighted least-connection. */
export const DEFAULT_SCHEDULER = 'wlc';

/** All flag bits a service may have: `flag-1`, `flag-2` and `flag-3`. */
export const ALL_SCHEDULER_FLAGS = 7;

/** What a scheduler may depend on. */
export interface SchedulerSettings extends SchedulerFlags {
  /** Where time comes from. */
  readonly clock: Clock;
  /** The random source. */
  readonly random: RandomSource;
  /** Gives the time for which `lblc` and `lblcr` remember an unused destination, in milliseconds. */
  readonly expirationMs: () => number;
}

/**
 * What the flag bits of a service say to its scheduler.
 *
 * @param bits - Bit 0 is `flag-1` (fallback), bit 1 `flag-2` (port), bit 2 `flag-3` (no meaning yet).
 * @returns The flags.
 */
export function schedulerFlagsOf(bits: number): SchedulerFlags {
  return { fallback: (bits & 1) !== 0, port: (bits & 2) !== 0 };
}

/**
 * Finds the factory of an algorithm.
 *
 * @param name - The algorithm's short name, for example `'rr'`.
 * @param settings - What the scheduler may depend on.
 * @returns The factory, or `undefined` when there is none of this name.
 */
export type SchedulerRegistry = (
  name: string,
  settings: SchedulerSettings,
) => SchedulerFactory | undefined;
