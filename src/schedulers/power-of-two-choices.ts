/**
 * Power of two random choices (twos).
 *
 * Rule: two usable servers a and b are drawn, each with a probability by its weight (the first in the list by one
 * more); b is picked when b.weight × cost(a) > a.weight × cost(b), both wrapped to 32 bits, else a.
 * Cost: O(log servers) per pick and per change: a tree of sums finds a drawn server. After as many picks without a
 * change as there are servers, a table finds it in constant time.
 * Source: Mitzenmacher, "The power of two choices in randomized load balancing" (2001), and recorded decisions.
 */
import { type RandomSource, systemRandom } from '../random.js';
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import { costRule, type LoadOptions } from './connection-cost.js';
import { DrawTable } from './draw-table.js';
import type { Scheduler, SchedulerFactory } from './scheduler.js';
import { requireSchedulerOptions } from './scheduler-options.js';
import { WeightSums } from './weight-sums.js';
import type { Cost } from './least-weighted-cost.js';

/** Options of {@link powerOfTwoChoices}. */
export interface PowerOfTwoChoicesOptions extends LoadOptions {
  /** The random source; default the platform's own. Two numbers are drawn per pick. */
  readonly random?: RandomSource;
}

/**
 * Power of two choices (`twos`): draws two real servers by weight and picks the less loaded one.
 *
 * Load is (256 × active + total) / weight; the first draw wins a tie. Servers of weight 0 or overloaded are
 * never drawn. Products wrap at 32 bits, as recorded: with heavy weights and loads the worse one may be picked.
 * Cost: O(log servers) per pick and per change, and O(1) per pick after as many without a change as there are servers.
 * Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @param options - The random source, and the kernel whose rule of load is followed.
 * @throws {TypeError} When an option has another name.
 * @returns A factory of schedulers; `schedule` gives `undefined`, and draws nothing, when no server is usable.
 * @example
 * {@includeCode ../../docs/examples/power-of-two-choices.ts}
 */
export function powerOfTwoChoices(options: PowerOfTwoChoicesOptions = {}): SchedulerFactory {
  requireSchedulerOptions(options);
  const random = options.random ?? systemRandom;
  return (servers) => new PowerOfTwoChoices(servers, random, costRule(servers, options.kernel));
}

class PowerOfTwoChoices implements Scheduler, ServerListObserver {
  readonly name = 'twos';
  private readonly servers: ServerList;
  private readonly random: RandomSource;
  private readonly cost: Cost;
  private readonly weights = new WeightSums();
  private readonly table = new DrawTable();
  /** How many picks there were since a weight has changed; above the number of servers the table is up to date. */
  private calm = 0;

  constructor(servers: ServerList, random: RandomSource, cost: Cost) {
    this.cost = cost;
    this.servers = servers;
    this.random = random;
    this.renumbered();
    servers.subscribe(this);
  }

  schedule(): RealServer | undefined {
    if (this.calm <= this.servers.size) return this.pickBySums();
    const { table, random, cost } = this;
    const { servers, bound } = table;
    const placeOfA = table.at(numberOf(random(), bound));
    const placeOfB = table.at(numberOf(random(), bound));
    if (servers.length === 1) return servers[0];
    const a = servers[placeOfA];
    const b = servers[placeOfB];
    const isWorse = Math.imul(b.weight, cost(a)) > Math.imul(a.weight, cost(b));
    // Which one is less loaded is unpredictable: no branch.
    return servers[placeOfA + (placeOfB - placeOfA) * Number(isWorse)];
  }

  serverAdded(server: RealServer): void {
    this.overloadedChanged(server);
  }

  serverEdited(server: RealServer): void {
    this.overloadedChanged(server);
  }

  serverRemoved(server: RealServer): void {
    this.calm = 0;
    this.weights.set(server.position, 0);
  }

  overloadedChanged(server: RealServer): void {
    this.calm = 0;
    this.weights.set(server.position, isUsable(server) ? server.weight : 0);
  }

  renumbered(): void {
    this.calm = 0;
    this.weights.clear();
    for (const server of this.servers) this.overloadedChanged(server);
  }

  toJSON(): null {
    return null;
  }

  restore(): void {
    // There is nothing to remember: random numbers come from outside.
  }

  close(): void {
    this.servers.unsubscribe(this);
  }

  /** Picks while there is no table, and builds it after enough picks without a change; apart, so that `schedule` is inlined whole. */
  private pickBySums(): RealServer | undefined {
    const { servers, weights, random, cost } = this;
    if (weights.total === 0) return undefined;
    // One more than the sum, as a 32-bit number.
    const bound = (weights.total + 1) >>> 0;
    const a = this.serverOf(numberOf(random(), bound));
    const b = this.serverOf(numberOf(random(), bound));
    this.calm += 1;
    if (this.calm > servers.size) this.table.build([...servers].filter(isUsable), bound);
    return Math.imul(b.weight, cost(a)) > Math.imul(a.weight, cost(b)) ? b : a;
  }

  private serverOf(number: number): RealServer {
    return this.servers.at(this.weights.at(number)) as RealServer;
  }
}

/** A drawn number from 1 on; 0 means the first server, too, and numbers of 32 bits may be negative. */
function numberOf(drawn: number, bound: number): number {
  return Math.max((drawn * bound) | 0, 1);
}
