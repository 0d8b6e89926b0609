/**
 * Shortest expected delay (sed).
 *
 * Rule: the usable server with the least (active + 1) / weight, compared exactly.
 * Tie: the newest server.
 * Cost: O(1) per pick, O(log servers) per change. Source: ipvsadm(8), and recorded decisions.
 */
import { costOfDelay } from './connection-cost.js';
import type { SchedulerFactory } from './scheduler.js';
import { WeightedLeastScheduler } from './weighted-least-scheduler.js';

/**
 * Shortest expected delay (`sed`): picks the real server on which the new connection would wait least.
 *
 * The expected delay is (active + 1) / weight: the new connection is counted in, so an idle heavy server
 * is preferred to an idle light one. Inactive connections do not count. Servers of weight 0 or overloaded
 * are passed over; the newest server wins a tie.
 * Cost: O(1) per pick, O(log servers) per load change. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable.
 * @example
 * {@includeCode ../../docs/examples/shortest-expected-delay.ts}
 */
export function shortestExpectedDelay(): SchedulerFactory {
  return (servers) => new WeightedLeastScheduler('sed', servers, costOfDelay);
}
