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
import { type Cost, leastOfFew } from './least-weighted-cost.js';

/** The state of a {@link ReplicaSet}, as plain JSON. */
export interface ReplicaSetState {
  /** The members, oldest first. */
  readonly members: readonly ServerAddress[];
  /** When a member last joined or left, in milliseconds. */
  readonly lastChange: number;
}

/** Some servers of a list, in the order in which they joined. Most sets have one member, found without the array. */
export class ReplicaSet {
  /** Newest first. */
  private readonly members: RealServer[] = [];
  /** The member, while there is but one. */
  private only: RealServer | undefined = undefined;
  /** When a member last joined or left, in milliseconds. */
  lastChange = 0;
  private readonly cost: Cost;

  /** @param cost - What a server costs. */
  constructor(cost: Cost) {
    this.cost = cost;
  }

  /** How many members there are. */
  get size(): number {
    return this.only === undefined ? this.members.length : 1;
  }

  /** The usable member with the least cost per weight. */
  leastLoaded(): RealServer | undefined {
    const { only, members, cost } = this;
    if (only !== undefined) return only.available && isUsable(only) ? only : undefined;
    return leastOfFew(members.every(isAvailable) ? members : members.filter(isAvailable), cost);
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
    this.members.unshift(server);
    this.changed(now);
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
    this.changed(now);
  }

  /** Lets all members leave. */
  clear(): void {
    for (const member of this.members) member.release();
    this.members.length = 0;
    this.only = undefined;
  }

  /**
   * Writes the set out.
   *
   * @returns Plain JSON.
   */
  toJSON(): ReplicaSetState {
    const members = this.members.toReversed().map((member) => ({
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

  private changed(now: number): void {
    this.only = this.members.length === 1 ? this.members[0] : undefined;
    this.lastChange = now;
  }

  private mostLoaded(): RealServer | undefined {
    const { cost } = this;
    let most: RealServer | undefined;
    for (const member of this.members) {
      const { weight } = member;
      if (weight === 0) continue;
      // The sign of load(most) − load(member), as the products give it.
      if (most === undefined || crossDifference(cost(most), weight, cost(member), most.weight) < 0)
        most = member;
    }
    return most;
  }
}

function isAvailable({ available }: RealServer): boolean {
  return available;
}
