/**
 * The shape of every algorithm that picks the server with the least value of something.
 *
 * The rule is one function from a server to a number; the server with the least number is picked,
 * the newest one on a tie, and a server whose number is `Infinity` never.
 * Cost: O(1) per pick, O(log servers) per change of a server.
 */
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import { FEW, FewServers } from './few-servers.js';
import { LeastIndex, type Rank } from './least-index.js';
import type { Scheduler, SchedulerName } from './scheduler.js';

/** A scheduler without memory that picks by {@link Rank}. */
export class LeastScheduler implements Scheduler {
  readonly name: SchedulerName;
  private readonly rank: Rank;
  private readonly few: FewServers<LeastIndex>;

  constructor(name: SchedulerName, servers: ServerList, rank: Rank) {
    this.name = name;
    this.rank = rank;
    this.few = new FewServers(servers, FEW, () => new LeastIndex(servers, rank));
  }

  schedule(): RealServer | undefined {
    const { all, index } = this.few;
    if (index !== undefined) return index.pick();
    return leastOfFew(all, this.rank) ?? this.few.requireIndex()?.pick();
  }

  toJSON(): null {
    return null;
  }

  restore(): void {
    // There is nothing to remember: the ranks follow from the servers.
  }

  close(): void {
    this.few.close();
  }
}

function leastOfFew(servers: readonly RealServer[], rank: Rank): RealServer | undefined {
  let best: RealServer | undefined;
  let least = Infinity;
  for (let index = 0; index < servers.length; index++) {
    const server = servers[index];
    if (!isUsable(server)) continue;
    const its = rank(server);
    if (its < least) {
      best = server;
      least = its;
    }
  }
  return best;
}
