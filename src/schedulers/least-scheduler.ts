/**
 * The shape of every algorithm that picks the server with the least value of something.
 *
 * The rule is one function from a server to a number; the server with the least number is picked,
 * the newest one on a tie, and a server whose number is `Infinity` never.
 * Cost: O(1) per pick, O(log servers) per change of a server.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import type { Scheduler, SchedulerName } from './scheduler.js';
import { Tournament } from './tournament.js';

/** Gives the number by which a server is picked; `Infinity` when it must not be. */
export type Rank = (server: RealServer) => number;

/** A scheduler without memory that picks by {@link Rank}. */
export class LeastScheduler implements Scheduler, ServerListObserver {
  readonly name: SchedulerName;
  private readonly servers: ServerList;
  private readonly rank: Rank;
  private readonly tournament = new Tournament();

  constructor(name: SchedulerName, servers: ServerList, rank: Rank) {
    this.name = name;
    this.servers = servers;
    this.rank = rank;
    this.renumbered();
    servers.subscribe(this);
  }

  schedule(): RealServer | undefined {
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
    this.tournament.set(server.position, this.rank(server));
  }

  renumbered(): void {
    this.tournament.clear();
    for (const server of this.servers) this.loadChanged(server);
  }

  toJSON(): null {
    return null;
  }

  restore(): void {
    // There is nothing to remember: the ranks follow from the servers.
  }

  close(): void {
    this.servers.unsubscribe(this);
  }
}
