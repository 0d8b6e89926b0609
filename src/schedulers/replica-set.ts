/**
 * The servers that share one destination in lblcr: an ordered set, the newest member first.
 *
 * Least loaded is the least connection cost per weight among the usable members that are in the list; most
 * loaded is the greatest, among all members with weight. The first in the set wins a tie; the comparison is
 * by exact products, as it is written, because wrapped costs make it depend on the order.
 */
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerAddress } from '../model/server-settings.js';
import type { ServerList } from '../model/server-list.js';
import { crossDifference } from './exact-ratio.js';
import type { Cost } from './weighted-cost.js';

/** The state of a {@link ReplicaSet}, as plain JSON. */
export interface ReplicaSetState {
  /** The members, oldest first. */
  readonly members: readonly ServerAddress[];
  /** When a member last joined or left, in milliseconds. */
  readonly lastChange: number;
}

/** Some servers of a list, in the order in which they joined. */
export class ReplicaSet {
  /** Oldest first, so that joining is cheap; the set's own order is the reverse. */
  private readonly members: RealServer[] = [];
  /** When a member last joined or left, in milliseconds. */
  lastChange = 0;
  private readonly cost: Cost;

  /** @param cost - What a server costs. */
  constructor(cost: Cost) {
    this.cost = cost;
  }

  /** How many members there are. */
  get size(): number {
    return this.members.length;
  }

  /** The usable member with the least cost per weight. */
  leastLoaded(): RealServer | undefined {
    let least: RealServer | undefined;
    for (let index = this.members.length - 1; index >= 0; index--) {
      const member = this.members[index];
      if (member.overloaded || member.suspended || !member.available) continue;
      if (least === undefined ? isUsable(member) : this.compareLoad(least, member) > 0)
        least = member;
    }
    return least;
  }

  /**
   * Lets a server join, at the front; a member stays where it is.
   *
   * @param server - The server.
   * @param now - The present time in milliseconds.
   */
  add(server: RealServer, now: number): void {
    if (this.members.includes(server)) return;
    server.retain();
    this.members.push(server);
    this.lastChange = now;
  }

  /**
   * Lets the member with the greatest cost per weight leave, if any has weight.
   *
   * @param now - The present time in milliseconds.
   */
  deleteMostLoaded(now: number): void {
    const most = this.mostLoaded();
    if (most === undefined) return;
    this.members.splice(this.members.indexOf(most), 1);
    most.release();
    this.lastChange = now;
  }

  /** Lets all members leave. */
  clear(): void {
    for (const member of this.members) member.release();
    this.members.length = 0;
  }

  /**
   * Writes the set out.
   *
   * @returns Plain JSON.
   */
  toJSON(): ReplicaSetState {
    const members = this.members.map((member) => ({
      address: member.address.toString(),
      port: member.port,
    }));
    return { members, lastChange: this.lastChange };
  }

  /**
   * Reads a set back.
   *
   * @param state - What {@link ReplicaSet.toJSON} gave.
   * @param servers - The list whose servers the members are.
   * @param shiftMs - By how much the clock has moved its origin since, in milliseconds.
   * @param cost - What a server costs.
   * @returns The set, without members that the list does not know.
   */
  static fromJSON(
    state: ReplicaSetState,
    servers: ServerList,
    shiftMs: number,
    cost: Cost,
  ): ReplicaSet {
    const set = new ReplicaSet(cost);
    for (const address of state.members) {
      const member = servers.find(address);
      if (member !== undefined) set.add(member, state.lastChange);
    }
    set.lastChange = state.lastChange + shiftMs;
    return set;
  }

  private mostLoaded(): RealServer | undefined {
    let most: RealServer | undefined;
    for (let index = this.members.length - 1; index >= 0; index--) {
      const member = this.members[index];
      if (member.weight === 0) continue;
      if (most === undefined || this.compareLoad(most, member) < 0) most = member;
    }
    return most;
  }

  /** The sign of load(a) − load(b), as the products give it. */
  private compareLoad(a: RealServer, b: RealServer): number {
    return crossDifference(this.cost(a), b.weight, this.cost(b), a.weight);
  }
}
