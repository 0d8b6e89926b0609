/**
 * Finds the server with the least cost per unit of weight in a long list.
 *
 * As long as no cost is negative the rule gives the least cost/weight among the usable servers, kept in a
 * tournament of quotients: O(1) per pick, O(log servers) per change. A negative cost (a wrapped one) makes
 * the comparison depend on the order, even with weight 0, so then the rule is followed as written, O(servers).
 *
 * An algorithm that remembers what it picks asks seldom. For it a key that rises is not written: what is in the
 * tournament is then too low, and is corrected when it wins. Most connections end before that, so most changes cost
 * nothing but a comparison of costs; each costs O(log servers) at most, some of it in a later pick.
 */
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import { crossDifference, mayRoundToEqual } from './exact-ratio.js';
import { Tournament, type TieBreak } from './tournament.js';
import { type Cost, leastByRule } from './least-weighted-cost.js';

/** No cost is greater. */
const GREATEST_COST = 2 ** 31 - 1;

/** Keeps track of the server with the least weighted cost in a list. */
export class WeightedLeastIndex implements ServerListObserver, TieBreak {
  private readonly servers: ServerList;
  private readonly cost: Cost;
  private readonly tournament = new Tournament();
  /** Whether keys may be equal that differ exactly; from the first number on that is great enough for that. */
  private exact = false;
  /** Cost and weight by position, for exact comparisons. */
  private costs: Int32Array = new Int32Array(0);
  private weights: Int32Array = new Int32Array(0);
  private negativeCosts = 0;
  private readonly asksSeldom: boolean;
  /** For an algorithm that asks seldom, by position: a change of the counters to a greater cost is left out. */
  private limits: Int32Array = new Int32Array(0);

  /**
   * @param servers - The list.
   * @param cost - What a server costs.
   * @param asksSeldom - Whether there are many changes for one pick.
   */
  constructor(servers: ServerList, cost: Cost, asksSeldom: boolean) {
    this.servers = servers;
    this.cost = cost;
    this.asksSeldom = asksSeldom;
    this.renumbered();
    servers.subscribe(this);
  }

  /** The server to pick, or `undefined` when none is usable. */
  pick(): RealServer | undefined {
    if (this.negativeCosts > 0) return leastByRule(this.servers, this.cost);
    const { tournament, servers } = this;
    for (;;) {
      const position = tournament.winner();
      const server = servers.at(position);
      if (server === undefined || !this.asksSeldom || this.exact) return server;
      const cost = this.cost(server);
      if (keyOf(server, cost) === tournament.keyOf(position)) return server;
      this.write(server, cost);
    }
  }

  isLess(a: number, b: number): boolean {
    const costA = this.costs[a];
    const costB = this.costs[b];
    const weightA = this.weights[a];
    const weightB = this.weights[b];
    return crossDifference(costA, weightB, costB, weightA) < 0;
  }

  serverAdded(server: RealServer): void {
    this.write(server, this.cost(server));
  }

  serverEdited(server: RealServer): void {
    this.write(server, this.cost(server));
  }

  serverRemoved(server: RealServer): void {
    this.tournament.set(server.position, Infinity);
    if (this.exact) this.note(server.position, 0, 0);
  }

  loadChanged(server: RealServer): void {
    const cost = this.cost(server);
    const leavesOut = this.asksSeldom && !this.exact;
    if (leavesOut && cost > this.limits[server.position]) return;
    this.write(server, cost);
  }

  renumbered(): void {
    this.tournament.clear();
    this.costs.fill(0);
    this.weights.fill(0);
    this.negativeCosts = 0;
    for (const server of this.servers) this.write(server, this.cost(server));
  }

  close(): void {
    this.servers.unsubscribe(this);
  }

  private write(server: RealServer, cost: number): void {
    const { weight, position } = server;
    // First the key: it may replay another position, and that compares what was noted so far.
    this.tournament.set(position, keyOf(server, cost));
    if (this.exact) this.note(position, cost, weight);
    else if (mayRoundToEqual(cost | weight)) this.becomeExact();
    else if (this.asksSeldom) this.setLimit(position, isUsable(server) ? cost - 1 : GREATEST_COST);
  }

  private setLimit(position: number, limit: number): void {
    if (position >= this.limits.length) this.limits = lengthened(this.limits, position + 1);
    this.limits[position] = limit;
  }

  /** Starts to note costs and weights, and looks at all ties again. */
  private becomeExact(): void {
    this.exact = true;
    this.tournament.ties = this;
    this.renumbered();
  }

  private note(position: number, cost: number, weight: number): void {
    if (position >= this.costs.length) {
      this.costs = lengthened(this.costs, position + 1);
      this.weights = lengthened(this.weights, position + 1);
    }
    // The sign bits are 1 for negative costs.
    this.negativeCosts += (cost >>> 31) - (this.costs[position] >>> 31);
    this.costs[position] = cost;
    this.weights[position] = weight;
  }
}

function keyOf(server: RealServer, cost: number): number {
  return isUsable(server) ? cost / server.weight : Infinity;
}

function lengthened(numbers: Int32Array, length: number): Int32Array {
  const longer = new Int32Array(length * 2);
  longer.set(numbers);
  return longer;
}
