/**
 * Weighted failover (fo).
 *
 * Rule: the usable server with the greatest weight. Tie: the newest server.
 * Cost: O(1) per pick, O(log servers) per change. Source: ipvsadm(8), and recorded decisions.
 */
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import type { Scheduler, SchedulerFactory } from './scheduler.js';
import { Tournament } from './tournament.js';

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
  return (servers) => new WeightedFailover(servers);
}

class WeightedFailover implements Scheduler, ServerListObserver {
  readonly name = 'fo';
  private readonly servers: ServerList;
  private readonly order = new Tournament();

  constructor(servers: ServerList) {
    this.servers = servers;
    this.renumbered();
    servers.subscribe(this);
  }

  schedule(): RealServer | undefined {
    return this.servers.at(this.order.winner());
  }

  serverAdded(server: RealServer): void {
    this.overloadedChanged(server);
  }

  serverEdited(server: RealServer): void {
    this.overloadedChanged(server);
  }

  serverRemoved(server: RealServer): void {
    this.order.set(server.position, Infinity);
  }

  overloadedChanged(server: RealServer): void {
    // The least of the negative weights is the greatest weight.
    this.order.set(server.position, isUsable(server) ? -server.weight : Infinity);
  }

  renumbered(): void {
    this.order.clear();
    for (const server of this.servers) this.overloadedChanged(server);
  }

  toJSON(): null {
    return null;
  }

  restore(): void {
    // There is nothing to remember: the order follows from the servers.
  }

  close(): void {
    this.servers.unsubscribe(this);
  }
}
