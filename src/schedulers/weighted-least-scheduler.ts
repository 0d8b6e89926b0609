/**
 * The shape of every algorithm that is "weighted least" over a cost of its own and nothing else.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { Scheduler, SchedulerName } from './scheduler.js';
import { FEW } from './few-servers.js';
import type { Cost } from './least-weighted-cost.js';
import { WeightedLeast } from './weighted-least.js';

/** A scheduler without memory that picks the server with the least cost per unit of weight. */
export class WeightedLeastScheduler implements Scheduler {
  readonly name: SchedulerName;
  private readonly index: WeightedLeast;

  constructor(name: SchedulerName, servers: ServerList, cost: Cost) {
    this.name = name;
    this.index = new WeightedLeast(servers, cost, FEW);
  }

  schedule(): RealServer | undefined {
    return this.index.pick();
  }

  toJSON(): null {
    return null;
  }

  restore(): void {
    // There is nothing to remember: the costs follow from the servers.
  }

  close(): void {
    this.index.close();
  }
}
