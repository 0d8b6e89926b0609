/**
 * When the statistics tick: every two seconds, from the start of the director on; for the kernels that renew them only
 * while there are services, from the first service on. Source: recorded rates.
 */
import type { KernelRules } from '../model/kernel-profile.js';

/** The time between two ticks, in milliseconds. */
export const ESTIMATION_INTERVAL_MS = 2000;

/**
 * The first tick of a director without services.
 *
 * @param now - When it starts, in milliseconds.
 * @param afterMs - The time before the first tick.
 * @param rules - The kernel.
 * @returns The moment; `Infinity` until there is a service.
 */
export function firstTick(now: number, afterMs: number, rules: KernelRules): number {
  return rules.renewsFromFirstService ? Infinity : now + afterMs;
}
