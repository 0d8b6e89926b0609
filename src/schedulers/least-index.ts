/**
 * Finds the server with the least number in a long list: a tournament that follows every change.
 *
 * Cost: O(1) per pick, O(log servers) per change of a server.
 */
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import { Tournament } from './tournament.js';

/** Gives the number by which a usable server is picked; `Infinity` when it must not be. */
export type Rank = (server: RealServer) => number;

/** Keeps track of the server with the least {@link Rank} among the usable ones of a list, the newest one on a tie. */
export class LeastIndex implements ServerListObserver {
  private readonly servers: ServerList;
  private readonly rank: Rank;
  private readonly tournament = new Tournament();

  constructor(servers: ServerList, rank: Rank) {
    this.servers = servers;
    this.rank = rank;
    this.renumbered();
    servers.subscribe(this);
  }

  /** The server to pick, or `undefined` when none is usable. */
  pick(): RealServer | undefined {
    return this.servers.at(this.tournament.winner());
  }

  serverAdded(server: RealServer): void {
    this.loadChanged(server);
  }

  serverEdited(server: RealServer): void {
    this.loadChanged(server);
  }

  serverRemoved(server: RealServer): void {
    this.tournament.set(server.position, Infinity);
  }

  loadChanged(server: RealServer): void {
    this.tournament.set(server.position, isUsable(server) ? this.rank(server) : Infinity);
  }

  renumbered(): void {
    this.tournament.clear();
    for (const server of this.servers) this.loadChanged(server);
  }

  close(): void {
    this.servers.unsubscribe(this);
  }
}
