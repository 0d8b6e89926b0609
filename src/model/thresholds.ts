/**
 * The rule of connection thresholds: when a real server becomes overloaded, and when it recovers.
 *
 * With an upper threshold u and an effective lower one l, the flag rises when the number of
 * connections reaches u and falls when it drops below l. Between them the flag stays as it is
 * (hysteresis), so that a server at its limit does not flap. Source: ipvsadm(8), `--u-threshold` and
 * `--l-threshold`, and recorded decisions.
 */
import { requireInteger } from '../errors.js';
import type { KernelRules } from './kernel-profile.js';

/** The greatest weight and the greatest threshold: 2^31 − 1. */
export const MAX_WEIGHT = 2147483647;

/**
 * Checks a pair of thresholds.
 *
 * @param upper - Connections at which the server is overloaded, 0–2147483647; 0 = none.
 * @param lower - Connections below which it recovers, 0–`upper`; 0 = three quarters of `upper`.
 * @throws {TypeError} When one is not a number.
 * @throws {RangeError} When one is out of range, or the lower one above the upper one.
 */
export function requireThresholds(upper: unknown, lower: unknown): void {
  const bound = requireInteger('upper threshold', upper, 0, MAX_WEIGHT);
  requireInteger('lower threshold', lower, 0, bound);
}

/**
 * The lower threshold that is in force.
 *
 * @param upper - The upper threshold.
 * @param lower - The lower threshold as configured; 0 = not configured.
 * @returns The configured one, or three quarters of the upper one, rounded up.
 */
export function effectiveLowerThreshold(upper: number, lower: number): number {
  return lower === 0 ? upper - (upper >> 2) : lower;
}

/** When the overloaded flag of a server changes; each function returns the flag after. */
export interface OverloadRules {
  /** Whether opening and closing a template looks at the flag as well. */
  readonly concernsTemplates: boolean;

  /**
   * The thresholds were changed.
   *
   * @param overloaded - The flag before.
   * @param total - The server's connections.
   * @param upper - The new upper threshold.
   * @param upperBefore - The one before.
   * @param effectiveLower - The new effective lower threshold.
   * @returns The flag after.
   */
  readonly afterEdit: (
    overloaded: boolean,
    total: number,
    upper: number,
    upperBefore: number,
    effectiveLower: number,
  ) => boolean;

  /**
   * Connections were opened, one at a time.
   *
   * @param overloaded - The flag before.
   * @param before - The number of connections before.
   * @param after - The number of connections after, not less than `before`.
   * @param upper - The upper threshold; 0 = none.
   * @returns The flag after.
   */
  readonly afterOpening: (
    overloaded: boolean,
    before: number,
    after: number,
    upper: number,
  ) => boolean;

  /**
   * Connections were closed, one at a time.
   *
   * @param overloaded - The flag before.
   * @param before - The number of connections before.
   * @param after - The number of connections after, not more than `before`.
   * @param effectiveLower - The effective lower threshold; 0 = none.
   * @returns The flag after.
   */
  readonly afterClosing: (
    overloaded: boolean,
    before: number,
    after: number,
    effectiveLower: number,
  ) => boolean;
}

/** The flag rises when the number of connections becomes u, and falls when it becomes less than l. */
const WHEN_PASSED: OverloadRules = {
  concernsTemplates: false,
  afterEdit: (overloaded, total, upper, _upperBefore, effectiveLower) => {
    if (upper === 0) return false;
    if (total >= upper) return true;
    return total < effectiveLower ? false : overloaded;
  },
  afterOpening: (overloaded, before, after, upper) =>
    overloaded || (before < upper && upper <= after),
  afterClosing: (overloaded, before, after, effectiveLower) =>
    overloaded && !(after < effectiveLower && effectiveLower <= before),
};

/** The number is compared at every beginning and end, also of a template; an edit can only clear the flag. */
const WHEN_BOUND: OverloadRules = {
  concernsTemplates: true,
  afterEdit: (overloaded, _total, upper, upperBefore) =>
    upper === 0 || upper > upperBefore ? false : overloaded,
  afterOpening: (overloaded, _before, after, upper) =>
    overloaded || (upper !== 0 && after >= upper),
  afterClosing: (overloaded, _before, after, effectiveLower) =>
    overloaded && effectiveLower !== 0 && after >= effectiveLower,
};

/**
 * The rules of the overloaded flag.
 *
 * @param kernel - The kernel.
 * @returns Its rules.
 */
export function overloadRules(kernel: KernelRules): OverloadRules {
  return kernel.marksOverloadWhenPassed ? WHEN_PASSED : WHEN_BOUND;
}
