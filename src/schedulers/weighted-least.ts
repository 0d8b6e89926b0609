/**
 * "Weighted least": the server with the least cost per unit of weight, the newest one on a tie.
 *
 * A short list is walked over by the rule as it is written, and no listener watches its counters; a long one has
 * an index. Cost: O(1) per pick and O(log servers) per change of a counter. Used by wlc, sed, nq, lblc and lblcr.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import { FewServers } from './few-servers.js';
import { type Cost, leastOfFew } from './least-weighted-cost.js';
import { WeightedLeastIndex } from './weighted-least-index.js';

/** Finds the server with the least weighted cost in a list. */
export class WeightedLeast {
  private readonly cost: Cost;
  private readonly few: FewServers<WeightedLeastIndex>;

  /**
   * @param servers - The list.
   * @param cost - What a server costs.
   * @param few - A list of up to this many servers is walked over.
   * @param asksSeldom - Whether there are many changes for one pick; default not.
   */
  constructor(servers: ServerList, cost: Cost, few: number, asksSeldom = false) {
    this.cost = cost;
    this.few = new FewServers(
      servers,
      few,
      () => new WeightedLeastIndex(servers, cost, asksSeldom),
    );
  }

  /** The server to pick, or `undefined` when none is usable. */
  pick(): RealServer | undefined {
    const { all, index } = this.few;
    if (index !== undefined) return index.pick();
    return leastOfFew(all, this.cost) ?? this.few.requireIndex()?.pick();
  }

  close(): void {
    this.few.close();
  }
}
