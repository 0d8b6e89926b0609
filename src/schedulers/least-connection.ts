/**
 * Least connection (lc).
 *
 * Rule: the usable server with the least 256 × active + total connections, read as an unsigned 32-bit number.
 * Tie: the newest server. Weights count only in that 0 means "not usable".
 * Cost: O(1) per pick, O(log servers) per change. Source: ipvsadm(8), and recorded decisions.
 */
import { costRule, type LoadOptions } from './connection-cost.js';
import { LeastScheduler } from './least-scheduler.js';
import type { SchedulerFactory } from './scheduler.js';
import { requireSchedulerOptions } from './scheduler-options.js';

/**
 * Least connection (`lc`): picks the real server with the fewest connections.
 *
 * An active connection counts 257 times as much as an inactive one. Servers of weight 0 or overloaded
 * are passed over, other weights do not matter; the newest server wins a tie.
 * Cost: O(1) per pick, O(log servers) per load change. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @param options - The kernel whose rule of load is followed.
 * @throws {TypeError} When an option has another name.
 * @throws {RangeError} When there is no such kernel.
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable.
 * @example
 * {@includeCode ../../docs/examples/least-connection.ts}
 */
export function leastConnection(options: LoadOptions = {}): SchedulerFactory {
  requireSchedulerOptions(options);
  return (servers) => {
    const cost = costRule(servers, options.kernel);
    return new LeastScheduler('lc', servers, (server) => cost(server) >>> 0);
  };
}
