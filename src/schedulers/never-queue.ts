/**
 * Never queue (nq).
 *
 * Rule: the first usable server without active connections; else the least (active + 1) / weight.
 * Both are one order when an idle server costs 0, since 0 / weight is least whatever the weight.
 * Tie: the newest server.
 * Cost: O(1) per pick, O(log servers) per change. Source: ipvsadm(8), and recorded decisions.
 */
import { costUnlessIdle } from './connection-cost.js';
import type { SchedulerFactory } from './scheduler.js';
import { WeightedLeastScheduler } from './weighted-least-scheduler.js';

/**
 * Never queue (`nq`): picks an idle real server if there is one, and else as `sed` does.
 *
 * Idle means no active connection; of several idle servers the newest is picked, whatever its weight.
 * Servers of weight 0 or overloaded are passed over.
 * Cost: O(1) per pick, O(log servers) per load change. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable.
 * @example
 * {@includeCode ../../docs/examples/never-queue.ts}
 */
export function neverQueue(): SchedulerFactory {
  return (servers) => new WeightedLeastScheduler('nq', servers, costUnlessIdle);
}
