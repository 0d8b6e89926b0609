/**
 * Power of two random choices (twos).
 *
 * Rule: two usable servers a and b are drawn, each with a chance by its weight (the first in the list by one
 * more); b is picked when b.weight × cost(a) > a.weight × cost(b), both wrapped to 32 bits, else a.
 * Cost: O(log servers) per pick and per change: a tree of sums finds a drawn server.
 * Source: Mitzenmacher, "The power of two choices in randomized load balancing" (2001), and recorded decisions.
 */
import { type RandomSource, randomBelow, systemRandom } from '../random.js';
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerListObserver } from '../model/server-list-observer.js';
import { costRule, type LoadOptions } from './connection-cost.js';
import type { Scheduler, SchedulerFactory } from './scheduler.js';
import { requireSchedulerOptions } from './scheduler-options.js';
import { WeightSums } from './weight-sums.js';
import type { Cost } from './weighted-cost.js';

/** Options of {@link powerOfTwoChoices}. */
export interface PowerOfTwoChoicesOptions extends LoadOptions {
  /** Where chance comes from; default the platform's own source. Two numbers are drawn per pick. */
  readonly random?: RandomSource;
}

/**
 * Power of two choices (`twos`): draws two real servers by weight and picks the less loaded one.
 *
 * Load is (256 × active + total) / weight; the first draw wins a tie. Servers of weight 0 or overloaded are
 * never drawn. Products wrap at 32 bits, as recorded: with heavy weights and loads the worse one may be picked.
 * Cost: O(log servers) per pick and per change. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @param options - The source of chance, and the kernel whose rule of load is followed.
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

  constructor(servers: ServerList, random: RandomSource, cost: Cost) {
    this.cost = cost;
    this.servers = servers;
    this.random = random;
    this.renumbered();
    servers.subscribe(this);
  }

  schedule(): RealServer | undefined {
    const { servers, weights, random, cost } = this;
    if (weights.total === 0) return undefined;
    // One more than the sum, as a 32-bit number.
    const bound = (weights.total + 1) >>> 0;
    const first = weights.at(numberBelow(random, bound));
    const second = weights.at(numberBelow(random, bound));
    const a = servers.at(first) as RealServer;
    const b = servers.at(second) as RealServer;
    const loadOfA = Math.imul(b.weight, cost(a));
    const loadOfB = Math.imul(a.weight, cost(b));
    // Which one is less loaded is anybody's guess, the processor's too: no branch.
    return servers.at(first + (second - first) * Number(loadOfA > loadOfB));
  }

  serverAdded(server: RealServer): void {
    this.overloadedChanged(server);
  }

  serverEdited(server: RealServer): void {
    this.overloadedChanged(server);
  }

  serverRemoved(server: RealServer): void {
    this.weights.set(server.position, 0);
  }

  overloadedChanged(server: RealServer): void {
    this.weights.set(server.position, isUsable(server) ? server.weight : 0);
  }

  renumbered(): void {
    this.weights.clear();
    for (const server of this.servers) this.overloadedChanged(server);
  }

  toJSON(): null {
    return null;
  }

  restore(): void {
    // There is nothing to remember: chance comes from outside.
  }

  close(): void {
    this.servers.unsubscribe(this);
  }
}

/** Draws a number from 1 on; 0 means the first server, too, and numbers of 32 bits may be negative. */
function numberBelow(random: RandomSource, bound: number): number {
  return Math.max(randomBelow(random, bound) | 0, 1);
}
