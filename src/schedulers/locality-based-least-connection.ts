/**
 * Locality-based least connection (lblc).
 *
 * Rule: a destination address keeps the server that was chosen for it, until that server is removed or
 * quiesced, or loaded (active > weight) while another one is at less than half load; then, and for a new
 * address, weighted least connection chooses. The thresholds of the kept server are not looked at.
 * Cost: O(1) per pick, O(log servers) per change. Source: ipvsadm(8), and recorded decisions.
 */
import type { Flow } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress } from '../model/server-settings.js';
import type { ServerList } from '../model/server-list.js';
import { show } from '../errors.js';
import { type AddressWords, wordsOf } from '../address-words.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';
import { costRule } from './connection-cost.js';
import { kernelRules } from '../model/kernel-profile.js';
import { type CacheEntry, type CheckState, DestinationCache } from './destination-cache.js';
import { FEW_AT_TIMES } from './few-servers.js';
import { HalfLoad } from './half-load.js';
import {
  completeLocalityOptions,
  type LocalityOptions,
  type LocalitySettings,
} from './locality-options.js';
import type { Scheduler, SchedulerFactory } from './scheduler.js';
import { WeightedLeast } from './weighted-least.js';

/**
 * Locality-based least connection (`lblc`): sends a destination address to the same real server again.
 *
 * Meant for firewall-mark services in front of caches. A destination moves only when its server is gone,
 * quiesced, or has more active connections than its weight while another one is at less than half load. The
 * overloaded flag of its server does not move it. At most 24576 destinations are remembered, each for a day
 * after its last use.
 * Cost: O(1) per pick, O(log servers) per load change. Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @param options - The clock, the expiration, and the kernel whose rules are followed.
 * @returns A factory of schedulers; `schedule` gives `undefined` when a server is needed and none is usable.
 * @throws {RangeError} When the expiration is negative.
 * @example
 * {@includeCode ../../docs/examples/locality-based-least-connection.ts}
 */
export function localityBasedLeastConnection(options: LocalityOptions = {}): SchedulerFactory {
  const settings = completeLocalityOptions(options);
  return (servers) => new LocalityBasedLeastConnection(servers, settings);
}

interface State extends SavedState {
  /** The time at which it was written, in milliseconds. */
  readonly now: number;
  readonly check: CheckState;
  readonly entries: readonly {
    readonly destination: AddressWords;
    readonly server: ServerAddress;
    readonly lastUse: number;
  }[];
}

class LocalityBasedLeastConnection implements Scheduler {
  readonly name = 'lblc';
  private readonly servers: ServerList;
  private readonly settings: LocalitySettings;
  private readonly least: WeightedLeast;
  private readonly halfLoad: HalfLoad;
  private readonly cache: DestinationCache<RealServer>;

  constructor(servers: ServerList, settings: LocalitySettings) {
    this.servers = servers;
    this.settings = settings;
    const { kernel } = settings;
    const rules = kernel === undefined ? servers.kernel : kernelRules(kernel);
    const cost = costRule(servers, kernel);
    this.least = new WeightedLeast(servers, cost, FEW_AT_TIMES, true);
    this.halfLoad = new HalfLoad(servers);
    this.cache = new DestinationCache(
      settings.clock.now(),
      settings.expirationMs,
      (server) => server.release(),
      rules,
    );
  }

  schedule(flow: Flow): RealServer | undefined {
    const now = this.settings.clock.now();
    const entry = this.cache.use(flow.destination, now);
    if (entry !== undefined && this.mayStay(entry.choice)) return entry.choice;
    const server = this.least.pick();
    if (server === undefined || entry?.choice === server) return server;
    if (entry === undefined) this.remember(flow.destination, server, now);
    else this.move(entry, server, now);
    return server;
  }

  reschedule(flow: Flow): RealServer | undefined {
    const entry = this.cache.use(flow.destination, this.settings.clock.now());
    return entry !== undefined && this.mayStay(entry.choice) ? entry.choice : this.least.pick();
  }

  toJSON(): State {
    const entries = [...this.cache].map((entry) => ({
      destination: wordsOf(entry),
      server: { address: entry.choice.address.toString(), port: entry.choice.port },
      lastUse: entry.lastUse,
    }));
    const now = this.settings.clock.now();
    return { format: STATE_FORMAT, now, check: this.cache.checkState, entries };
  }

  restore(state: unknown): void {
    requireStateFormat('lblc', state);
    if (!isState(state)) {
      throw new TypeError(
        `Invalid state of lblc: expected an object with entries, got ${show(state)}`,
      );
    }
    this.cache.clear();
    // The clock may run from another origin now; only spans of time keep their meaning.
    const shift = this.settings.clock.now() - state.now;
    this.cache.restoreChecks(state.check, shift);
    for (const { destination, server, lastUse } of state.entries) {
      const record = this.servers.find(server);
      if (record !== undefined) this.remember(destination, record, lastUse + shift);
    }
  }

  close(): void {
    this.cache.clear();
    this.least.close();
    this.halfLoad.close();
  }

  private mayStay(server: RealServer): boolean {
    const { available, weight, suspended } = server;
    return available && weight > 0 && !suspended && !this.halfLoad.isLoaded(server);
  }

  private move(entry: CacheEntry<RealServer>, server: RealServer, now: number): void {
    this.cache.move(entry, server, now);
    server.retain();
  }

  private remember(destination: AddressWords, server: RealServer, now: number): void {
    if (this.cache.add(destination, server, now)) server.retain();
  }
}

function isState(state: object): state is State {
  return 'check' in state && 'entries' in state;
}
