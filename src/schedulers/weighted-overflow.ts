/**
 * Weighted overflow (ovf).
 *
 * Rule: the greatest weight among the usable servers with active ≤ weight. Tie: the newest server.
 * Cost: O(1) per pick, O(log servers) per change. Source: ipvsadm(8), and recorded decisions.
 */
import { LeastScheduler } from './least-scheduler.js';
import type { SchedulerFactory } from './scheduler.js';

/**
 * Weighted overflow (`ovf`): fills the real server with the greatest weight, then the next one.
 *
 * A server is full when it has more active connections than its weight. Servers of weight 0 or overloaded
 * are passed over; the newest server wins a tie.
 * Cost: O(1) per pick, O(log servers) per load change. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable or all are full.
 * @example
 * {@includeCode ../../docs/examples/weighted-overflow.ts}
 */
export function weightedOverflow(): SchedulerFactory {
  return (servers) =>
    new LeastScheduler('ovf', servers, (server) =>
      server.active <= server.weight ? -server.weight : Infinity,
    );
}
