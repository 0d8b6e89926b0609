/**
 * Locality-based least connection with replication (lblcr).
 *
 * Rule: a destination address keeps a set of servers, of which the one with the least weighted connections
 * is picked. When none is usable, or that one is loaded while another server is at less than half load,
 * weighted least connection over the list chooses, and its choice joins the set. A set that has not changed
 * for the expiration time loses its most loaded server, one per pick.
 * Cost: O(servers of the set) per pick, O(log servers) per change. Source: ipvsadm(8), and recorded decisions.
 */
import type { Flow } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import { show } from '../errors.js';
import { type AddressWords, wordsOf } from '../address-words.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';
import { costRule } from './connection-cost.js';
import { kernelRules } from '../model/kernel-profile.js';
import { type CheckState, DestinationCache } from './destination-cache.js';
import { FEW_AT_TIMES } from './few-servers.js';
import { HalfLoad } from './half-load.js';
import {
  completeLocalityOptions,
  type LocalityOptions,
  type LocalitySettings,
} from './locality-options.js';
import { ReplicaSet, type ReplicaSetState } from './replica-set.js';
import type { Scheduler, SchedulerFactory } from './scheduler.js';
import type { Cost } from './least-weighted-cost.js';
import { WeightedLeast } from './weighted-least.js';

/**
 * Locality-based least connection with replication (`lblcr`): sends a destination address to one of a few
 * real servers, more of them the more is asked for it.
 *
 * Meant for firewall-mark services in front of caches with very popular content. Members of a set that are
 * removed, quiesced or overloaded are passed over and stay members. At most 24576 destinations are
 * remembered, each for a day after its last use; a set shrinks by one server a day.
 * Cost: O(servers of the destination's set) per pick, O(log servers) per load change.
 * Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @param options - The clock, the expiration, and the kernel whose rules are followed.
 * @returns A factory of schedulers; `schedule` gives `undefined` when a server is needed and none is usable.
 * @throws {RangeError} When the expiration is negative.
 * @example
 * {@includeCode ../../docs/examples/locality-based-least-connection-with-replication.ts}
 */
export function localityBasedLeastConnectionWithReplication(
  options: LocalityOptions = {},
): SchedulerFactory {
  const settings = completeLocalityOptions(options);
  return (servers) => new LocalityBasedWithReplication(servers, settings);
}

interface State extends SavedState {
  /** The time at which it was written, in milliseconds. */
  readonly now: number;
  readonly check: CheckState;
  readonly entries: readonly {
    readonly destination: AddressWords;
    readonly set: ReplicaSetState;
    readonly lastUse: number;
  }[];
}

class LocalityBasedWithReplication implements Scheduler {
  readonly name = 'lblcr';
  private readonly servers: ServerList;
  private readonly settings: LocalitySettings;
  private readonly least: WeightedLeast;
  private readonly halfLoad: HalfLoad;
  private readonly cache: DestinationCache<ReplicaSet>;
  private readonly cost: Cost;

  constructor(servers: ServerList, settings: LocalitySettings) {
    this.servers = servers;
    this.settings = settings;
    const { kernel } = settings;
    const rules = kernel === undefined ? servers.kernel : kernelRules(kernel);
    const cost = costRule(servers, kernel);
    this.least = new WeightedLeast(servers, cost, FEW_AT_TIMES, true);
    this.halfLoad = new HalfLoad(servers);
    this.cost = cost;
    this.cache = new DestinationCache(
      settings.clock.now(),
      settings.expirationMs,
      (set) => set.clear(),
      rules,
    );
  }

  schedule(flow: Flow): RealServer | undefined {
    const now = this.settings.clock.now();
    const entry = this.cache.use(flow.destination, now);
    if (entry === undefined) return this.scheduleNew(flow.destination, now);
    const set = entry.choice;
    const member = set.leastLoaded();
    // The member just found may be the one that leaves; it is picked all the same.
    if (set.size > 1 && now > set.lastChange + this.settings.expirationMs()) {
      set.deleteMostLoaded(now);
    }
    if (member !== undefined && !this.halfLoad.isLoaded(member)) return member;
    const server = this.least.pick();
    if (server !== undefined) set.add(server, now);
    return server;
  }

  reschedule(flow: Flow): RealServer | undefined {
    const entry = this.cache.use(flow.destination, this.settings.clock.now());
    const member = entry?.choice.leastLoaded();
    return member !== undefined && !this.halfLoad.isLoaded(member) ? member : this.least.pick();
  }

  toJSON(): State {
    const entries = [...this.cache].map((entry) => ({
      destination: wordsOf(entry),
      set: entry.choice.toJSON(),
      lastUse: entry.lastUse,
    }));
    const now = this.settings.clock.now();
    return { format: STATE_FORMAT, now, check: this.cache.checkState, entries };
  }

  restore(state: unknown): void {
    requireStateFormat('lblcr', state);
    if (!isState(state)) {
      throw new TypeError(
        `Invalid state of lblcr: expected an object with entries, got ${show(state)}`,
      );
    }
    this.cache.clear();
    // The clock may run from another origin now; only spans of time keep their meaning.
    const shift = this.settings.clock.now() - state.now;
    this.cache.restoreChecks(state.check, shift);
    for (const { destination, set, lastUse } of state.entries) {
      const restored = ReplicaSet.fromJSON(set, this.servers, shift, this.cost);
      this.cache.add(destination, restored, lastUse + shift);
    }
  }

  close(): void {
    this.cache.clear();
    this.least.close();
    this.halfLoad.close();
  }

  private scheduleNew(destination: AddressWords, now: number): RealServer | undefined {
    const server = this.least.pick();
    if (server === undefined) return undefined;
    const set = new ReplicaSet(this.cost);
    if (this.cache.add(destination, set, now)) set.add(server, now);
    return server;
  }
}

function isState(state: object): state is State {
  return 'check' in state && 'entries' in state;
}
