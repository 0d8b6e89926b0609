/**
 * The options that the two locality-based schedulers share.
 */
import { type Clock, systemClock } from '../clock.js';
import type { KernelRelease } from '../model/kernel-profile.js';
import type { LoadOptions } from './connection-cost.js';
import { requireSchedulerOptions } from './scheduler-options.js';

/** A day, the default of `lblc_expiration` and `lblcr_expiration`. */
const DEFAULT_EXPIRATION_MS = 86_400_000;

/** Options of the locality-based schedulers. */
export interface LocalityOptions extends LoadOptions {
  /** Where time comes from; default the process's own. */
  readonly clock?: Clock;
  /**
   * For how long an unused destination is remembered, in milliseconds, or a function that gives it, asked
   * again each time; default 24 h.
   */
  readonly expirationMs?: number | (() => number);
}

/** {@link LocalityOptions} with nothing left open. */
export interface LocalitySettings {
  readonly clock: Clock;
  readonly expirationMs: () => number;
  readonly kernel: KernelRelease | undefined;
}

/**
 * Checks the options and fills in what is missing.
 *
 * @param options - The options.
 * @returns Complete settings.
 * @throws {TypeError} When an option has another name.
 * @throws {RangeError} When the expiration is not a number of milliseconds, 0 or more.
 */
export function completeLocalityOptions(options: LocalityOptions): LocalitySettings {
  requireSchedulerOptions(options);
  const expiration = options.expirationMs ?? DEFAULT_EXPIRATION_MS;
  const { clock = systemClock, kernel } = options;
  if (typeof expiration === 'function') return { clock, kernel, expirationMs: expiration };
  if (!(expiration >= 0)) {
    throw new RangeError(`Invalid expiration: expected 0 ms or more, got ${expiration}`);
  }
  return { clock, kernel, expirationMs: () => expiration };
}
