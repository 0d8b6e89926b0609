/**
 * The rule of connection thresholds: when a real server becomes overloaded, and when it recovers.
 *
 * With an upper threshold u and an effective lower one l, the flag rises when the number of
 * connections reaches u and falls when it drops below l. Between them the flag stays as it is
 * (hysteresis), so that a server at its limit does not flap. Source: ipvsadm(8), `--u-threshold` and
 * `--l-threshold`, and recorded decisions.
 */
import { requireInteger } from '../errors.js';

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

/**
 * The overloaded flag after the thresholds were changed.
 *
 * @param overloaded - The flag before.
 * @param total - The server's connections.
 * @param upper - The new upper threshold.
 * @param effectiveLower - The new effective lower threshold.
 * @returns The flag after.
 */
export function overloadedAfterEdit(
  overloaded: boolean,
  total: number,
  upper: number,
  effectiveLower: number,
): boolean {
  if (upper === 0) return false;
  if (total >= upper) return true;
  return total < effectiveLower ? false : overloaded;
}

/**
 * The overloaded flag after connections were opened, one at a time.
 *
 * @param overloaded - The flag before.
 * @param before - The number of connections before.
 * @param after - The number of connections after, not less than `before`.
 * @param upper - The upper threshold; 0 = none.
 * @returns The flag after: raised when the number passed through `upper`.
 */
export function overloadedAfterOpening(
  overloaded: boolean,
  before: number,
  after: number,
  upper: number,
): boolean {
  return overloaded || (before < upper && upper <= after);
}

/**
 * The overloaded flag after connections were closed, one at a time.
 *
 * @param overloaded - The flag before.
 * @param before - The number of connections before.
 * @param after - The number of connections after, not more than `before`.
 * @param effectiveLower - The effective lower threshold; 0 = none.
 * @returns The flag after: lowered when the number dropped below `effectiveLower`.
 */
export function overloadedAfterClosing(
  overloaded: boolean,
  before: number,
  after: number,
  effectiveLower: number,
): boolean {
  return overloaded && !(after < effectiveLower && effectiveLower <= before);
}
