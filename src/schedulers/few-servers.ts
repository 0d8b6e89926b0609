/**
 * Few servers are looked at one by one at each pick; an index pays only when there are many.
 *
 * While the list is short no listener watches its counters, so that opening and closing a connection cost
 * nothing extra, and a pick walks over an array. A longer list gets an index that follows every change. Between the
 * two lengths the present way stays, so that a list whose length goes up and down is not indexed again and
 * again. Cost: O(1) per change of the list; O(servers) when it grows beyond the greater length or shrinks to the lesser.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';

/** So many servers are few for an algorithm that looks at them for each pick: there a walk costs as much as an index. */
export const FEW = 12;

/** So many are few for one that mostly remembers what it picks, and would keep an index for nothing. */
export const FEW_AT_TIMES = 64;

/** What finds servers in a long list. */
export interface Index {
  /** Stops following the list. */
  close(): void;
}

/** The servers of a short list, or the index of a long one. */
export class FewServers<AnyIndex extends Index> implements ServerListObserver {
  /** The index; `undefined` while there are few servers. */
  index: AnyIndex | undefined = undefined;
  /** The servers, newest first, while there are few. */
  all: readonly RealServer[] = [];
  private readonly servers: ServerList;
  private readonly makeIndex: () => AnyIndex;
  private readonly most: number;

  /**
   * @param servers - The list.
   * @param most - A list that grows longer than this gets an index; one that shrinks to half of it loses it.
   * @param makeIndex - Makes an index that follows the list from then on.
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

  private fit(): void {
    const { size } = this.servers;
    if (size > (this.index === undefined ? this.most : this.most / 2)) {
      this.all = [];
      this.index ??= this.makeIndex();
    } else {
      this.index?.close();
      this.index = undefined;
      this.all = [...this.servers];
    }
  }
}
