/**
 * Few servers are looked at one by one at each pick; an index pays only when there are many.
 *
 * While the list is short no listener watches its counters, so that opening and closing a connection cost
 * nothing extra, and a pick walks over an array. A longer list gets an index at its next pick, which follows every
 * change from then on; so a long list costs no more to load than a short one. Between the two lengths the present way
 * stays, so that a list whose length goes up and down is not indexed again and again. Cost: O(1) per change of the list;
 * O(servers) for an index, and when the list shrinks to the lesser length.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';

/** So many servers are few for an algorithm that looks at them for each pick: there a walk costs as much as an index. */
export const FEW = 12;

/** So many are few for one that mostly remembers what it picks, and would keep an index for nothing. */
export const FEW_AT_TIMES = 64;

const NO_SERVERS: readonly RealServer[] = [];

/** What finds servers in a long list. */
export interface Index {
  /** Stops following the list. */
  close(): void;
}

/** The servers of a short list, or the index of a long one. */
export class FewServers<AnyIndex extends Index> implements ServerListObserver {
  /** The index; `undefined` while there are few servers, and until it is asked for. */
  index: AnyIndex | undefined = undefined;
  /** The servers, newest first, while there are few; else none. */
  all: readonly RealServer[] = NO_SERVERS;
  private areMany = false;
  private readonly servers: ServerList;
  private readonly makeIndex: () => AnyIndex;
  private readonly most: number;

  /**
   * @param servers - The list.
   * @param most - A list that grows longer than this gets an index; one that shrinks to half of it loses it.
   * @param makeIndex - Makes an index that follows the list from then on; called when one is first asked for.
   */
  constructor(servers: ServerList, most: number, makeIndex: () => AnyIndex) {
    this.servers = servers;
    this.most = most;
    this.makeIndex = makeIndex;
    this.fit();
    servers.subscribe(this);
  }

  serverAdded(): void {
    this.fit();
  }

  serverRemoved(): void {
    this.fit();
  }

  close(): void {
    this.index?.close();
    this.servers.unsubscribe(this);
  }

  /**
   * The index, made if there is none yet.
   *
   * @returns The index; `undefined` while there are few servers.
   */
  requireIndex(): AnyIndex | undefined {
    if (this.areMany) this.index ??= this.makeIndex();
    return this.index;
  }

  private fit(): void {
    const { size } = this.servers;
    this.areMany = size > (this.areMany ? this.most / 2 : this.most);
    if (!this.areMany) {
      this.index?.close();
      this.index = undefined;
      this.all = [...this.servers];
    } else this.all = NO_SERVERS;
  }
}
