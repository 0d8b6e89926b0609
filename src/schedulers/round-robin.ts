/**
 * Round robin (rr).
 *
 * Rule: the first usable server after the last picked one, in list order, from the end on to the front.
 * A cursor on a removed server moves back to the server before it, or to before the first.
 * Cost: O(log servers) per pick (a bit set of the usable servers finds the next one), O(log servers) per
 * change. Source: ipvsadm(8), and recorded decisions.
 */
import { isUsable, type RealServer } from '../model/real-server.js';
import { PositionSet } from '../model/position-set.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import { STATE_FORMAT } from '../state-format.js';
import { readCursor, writeCursor } from './cursor-state.js';
import type { Scheduler, SchedulerFactory } from './scheduler.js';

/**
 * Round robin (`rr`): picks the real servers in turn.
 *
 * The turn goes through the list from the newest server to the oldest. Servers of weight 0 or overloaded
 * are passed over, other weights do not matter.
 * Cost: O(log servers) per pick and per change. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable.
 * @example
 * {@includeCode ../../docs/examples/round-robin.ts}
 */
export function roundRobin(): SchedulerFactory {
  return (servers) => new RoundRobin(servers);
}

class RoundRobin implements Scheduler, ServerListObserver {
  readonly name = 'rr';
  private readonly servers: ServerList;
  private readonly usable = new PositionSet();
  /** The last picked server; `undefined` = before the first. */
  private cursor: RealServer | undefined;
  /** Whether the cursor's server is known to be the only usable one: then each turn ends with it. */
  private isAlone = false;

  constructor(servers: ServerList) {
    this.servers = servers;
    this.renumbered();
    servers.subscribe(this);
  }

  schedule(): RealServer | undefined {
    const next = this.following(this.cursor);
    // Most often the very next server is usable, or the one after it, and nothing has to be searched.
    if (next !== undefined && isUsable(next)) this.cursor = next;
    else if (!this.isAlone && !this.goOn(next)) return undefined;
    return this.cursor;
  }

  serverAdded(server: RealServer): void {
    this.overloadedChanged(server);
  }

  serverEdited(server: RealServer): void {
    this.overloadedChanged(server);
  }

  serverRemoved(server: RealServer): void {
    this.isAlone = false;
    this.usable.delete(server.position);
    if (this.cursor === server) this.cursor = this.servers.before(server);
  }

  overloadedChanged(server: RealServer): void {
    this.isAlone = false;
    if (isUsable(server)) this.usable.add(server.position);
    else this.usable.delete(server.position);
  }

  renumbered(): void {
    this.isAlone = false;
    this.usable.clear();
    for (const server of this.servers) this.overloadedChanged(server);
  }

  toJSON(): unknown {
    return { format: STATE_FORMAT, cursor: writeCursor(this.cursor) };
  }

  restore(state: unknown): void {
    this.isAlone = false;
    this.cursor = readCursor('rr', this.servers, state);
  }

  close(): void {
    this.servers.unsubscribe(this);
  }

  /** The server at the place after another one's, if there is one: a removed server leaves its place empty. */
  private following(server: RealServer | undefined): RealServer | undefined {
    const { servers } = this;
    return server === undefined || server.position === 0
      ? servers.first
      : servers.at(server.position - 1);
  }

  /** Moves the cursor over a server that is not usable; says whether there is a usable one. */
  private goOn(unusable: RealServer | undefined): boolean {
    const before = this.cursor;
    if (!this.moveAfter(unusable) && !this.search()) return false;
    this.isAlone = this.cursor === before;
    return true;
  }

  /** Moves the cursor to the server after one that is not usable; says whether it is usable itself. */
  private moveAfter(unusable: RealServer | undefined): boolean {
    if (unusable === undefined) return false;
    const next = this.following(unusable);
    if (next === undefined || !isUsable(next)) return false;
    this.cursor = next;
    return true;
  }

  /** Moves the cursor to the next usable server; says whether there is one. */
  private search(): boolean {
    const end = this.servers.positions;
    let next = this.usable.below(this.cursor === undefined ? end : this.cursor.position);
    // Behind the last server the turn goes on at the front, and ends with the cursor's own server.
    if (next < 0 && this.cursor !== undefined) next = this.usable.below(end);
    if (next >= 0) this.cursor = this.servers.at(next);
    return next >= 0;
  }
}
