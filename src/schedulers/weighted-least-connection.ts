/**
 * Weighted least connection (wlc).
 *
 * Rule: the usable server with the least (256 × active + total) / weight, compared exactly.
 * Tie: the newest server.
 * Cost: O(1) per pick, O(log servers) per change. Source: ipvsadm(8), and recorded decisions.
 */
import { costRule, type LoadOptions } from './connection-cost.js';
import type { SchedulerFactory } from './scheduler.js';
import { requireSchedulerOptions } from './scheduler-options.js';
import { WeightedLeastScheduler } from './weighted-least-scheduler.js';

/**
 * Weighted least connection (`wlc`): picks the real server with the fewest connections per unit of weight.
 *
 * The cost of a server is 257 × active + inactive connections, divided by its weight. Servers of weight 0
 * or overloaded are passed over; the newest server wins a tie. ipvsadm's default.
 * Cost: O(1) per pick, O(log servers) per load change; O(servers) per pick while a server has 2^23 active
 * connections or more. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @param options - The kernel whose rule of load is followed.
 * @throws {TypeError} When an option has another name.
 * @throws {RangeError} When there is no such kernel.
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable.
 * @example
 * {@includeCode ../../docs/examples/weighted-least-connection.ts}
 */
export function weightedLeastConnection(options: LoadOptions = {}): SchedulerFactory {
  requireSchedulerOptions(options);
  return (servers) => new WeightedLeastScheduler('wlc', servers, costRule(servers, options.kernel));
}
