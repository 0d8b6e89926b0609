/**
 * Weighted failover (fo).
 *
 * Rule: the usable server with the greatest weight. Tie: the newest server.
 * Cost: O(1) per pick, O(log servers) per change. Source: ipvsadm(8), and recorded decisions.
 */
import { isUsable } from '../model/real-server.js';
import { LeastScheduler } from './least-scheduler.js';
import type { SchedulerFactory } from './scheduler.js';

/**
 * Weighted failover (`fo`): picks the real server with the greatest weight, always.
 *
 * The next one is used only when that one is removed, quiesced (weight 0) or overloaded. Connections do
 * not count; the newest server wins a tie.
 * Cost: O(1) per pick, O(log servers) per change. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable.
 * @example
 * {@includeCode ../../docs/examples/weighted-failover.ts}
 */
export function weightedFailover(): SchedulerFactory {
  return (servers) =>
    new LeastScheduler('fo', servers, (server) => (isUsable(server) ? -server.weight : Infinity));
}
