/**
 * Whether a locality-based scheduler should leave a server: it is loaded while another one is idle enough.
 *
 * Rule: a server is loaded when it has more active connections than its weight and any server of the list,
 * usable or not, is at less than half load (2 × active < weight, in signed 32-bit numbers).
 * Cost: O(1) per question and per change: a long list has an index. Source: recorded decisions.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import { FEW, FewServers } from './few-servers.js';
import { HalfLoadIndex, isAtLessThanHalfLoad } from './half-load-index.js';

/** Knows which servers of a list are loaded. */
export class HalfLoad {
  private readonly few: FewServers<HalfLoadIndex>;

  constructor(servers: ServerList) {
    this.few = new FewServers(servers, FEW, () => new HalfLoadIndex(servers));
  }

  /**
   * Whether a server is loaded while another one is at less than half load.
   *
   * @param server - Any server, also a removed one.
   */
  isLoaded(server: RealServer): boolean {
    if (server.active <= server.weight) return false;
    const { all, index } = this.few;
    if (index !== undefined) return index.any;
    return anyOf(all) || this.few.requireIndex()?.any === true;
  }

  close(): void {
    this.few.close();
  }
}

function anyOf(servers: readonly RealServer[]): boolean {
  for (let index = 0; index < servers.length; index++) {
    if (isAtLessThanHalfLoad(servers[index])) return true;
  }
  return false;
}
