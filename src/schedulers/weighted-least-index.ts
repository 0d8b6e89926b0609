/**
 * Finds the server with the least cost per unit of weight in a long list.
 *
 * As long as no cost is negative the rule gives the least cost/weight among the usable servers, kept in a
 * tournament of quotients: O(1) per pick, O(log servers) per change. A negative cost (a wrapped one) makes
 * the comparison depend on the order, even with weight 0, so then the rule is followed as written, O(servers).
 *
 * An algorithm that remembers what it picks asks seldom. For it a key that rises is not written: what is in the
 * tournament is then too low, and is corrected when it wins. Most connections end before that, so most changes cost
 * nothing but a comparison; each costs O(log servers) at most, some of it in a later pick.
 */
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import { crossDifference, mayRoundToEqual } from './exact-ratio.js';
import { Tournament, type TieBreak } from './tournament.js';
import { type Cost, leastByRule } from './weighted-cost.js';

/** Keeps track of the server with the least weighted cost in a list. */
export class WeightedLeastIndex implements ServerListObserver, TieBreak {
  private readonly servers: ServerList;
  private readonly cost: Cost;
  private readonly tournament = new Tournament();
  /** Whether keys may be equal that differ exactly; from the first number on that is great enough for that. */
  private exact = false;
  /** Cost and weight by position, for exact comparisons. */
  private costs = new Int32Array(0);
  private weights = new Int32Array(0);
  private negativeCosts = 0;
  private readonly asksSeldom: boolean;

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
      const key = this.keyOf(server);
      if (key === tournament.keyOf(position)) return server;
      tournament.set(position, key);
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
    this.loadChanged(server);
  }

  serverEdited(server: RealServer): void {
    this.loadChanged(server);
  }

  serverRemoved(server: RealServer): void {
    this.tournament.set(server.position, Infinity);
    if (this.exact) this.note(server.position, 0, 0);
  }

  loadChanged(server: RealServer): void {
    const cost = this.cost(server);
    const { weight } = server;
    const key = isUsable(server) ? cost / weight : Infinity;
    const { tournament } = this;
    const isExact = this.exact || mayRoundToEqual(cost | weight);
    if (this.asksSeldom && !isExact && key > tournament.keyOf(server.position)) return;
    // First the key: it may replay another position, and that compares what was noted so far.
    tournament.set(server.position, key);
    if (isExact) this.noteExactly(server, cost);
  }

  renumbered(): void {
    this.tournament.clear();
    this.costs.fill(0);
    this.weights.fill(0);
    this.negativeCosts = 0;
    for (const server of this.servers) this.loadChanged(server);
  }

  close(): void {
    this.servers.unsubscribe(this);
  }

  private keyOf(server: RealServer): number {
    return isUsable(server) ? this.cost(server) / server.weight : Infinity;
  }

  private noteExactly(server: RealServer, cost: number): void {
    if (this.exact) this.note(server.position, cost, server.weight);
    else this.becomeExact();
  }

  /** Starts to note costs and weights, and looks at all ties again. */
  private becomeExact(): void {
    this.exact = true;
    this.tournament.ties = this;
    this.renumbered();
  }

  private note(position: number, cost: number, weight: number): void {
    if (position >= this.costs.length) this.grow(position + 1);
    // The sign bits are 1 for negative costs.
    this.negativeCosts += (cost >>> 31) - (this.costs[position] >>> 31);
    this.costs[position] = cost;
    this.weights[position] = weight;
  }

  private grow(length: number): void {
    const costs = new Int32Array(length * 2);
    costs.set(this.costs);
    this.costs = costs;
    const weights = new Int32Array(length * 2);
    weights.set(this.weights);
    this.weights = weights;
  }
}
