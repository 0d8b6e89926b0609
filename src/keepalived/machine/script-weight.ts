/**
 * What the exit status of a script adds to the weight of its server: `misc_dynamic`.
 *
 * | the script ended with         | the server                          |
 * | ----------------------------- | ----------------------------------- |
 * | 0                             | is well and keeps its weight        |
 * | 2–255                         | is well and gets the weight 0–253   |
 * | 1, a signal, or too late      | failed, so its weight does not count |
 *
 * Without `misc_dynamic` only 0 is well. The weight of a server is what its configuration says and what its checks add,
 * at least 0. Source: keepalived.conf(5), and recordings.
 */
import type { CheckResult } from './check-result.js';

const FIRST_WEIGHT_STATUS = 2;

/**
 * The difference that a check makes to the weight of its server.
 *
 * @param result - How the check ended.
 * @param dynamic - Whether the check has `misc_dynamic`.
 * @param weight - The weight of the server in its configuration.
 * @returns What is added to that weight; 0 for every check that does not set one.
 */
export function weightShare(
  { good, cause }: CheckResult,
  dynamic: boolean,
  weight: number,
): number {
  if (!dynamic || !good || typeof cause !== 'object' || !('exitStatus' in cause)) return 0;
  if (cause.exitStatus < FIRST_WEIGHT_STATUS) return 0;
  return cause.exitStatus - FIRST_WEIGHT_STATUS - weight;
}
