/**
 * The classic health-checking loop over the real servers of a service.
 *
 * Rule: probe each server; n failures in a row take it out of service, m successes bring it back; without
 * quorum a sorry server steps in; every change is reported. Results are counted by a `CheckCycle`, and servers
 * come and go as a `ServerPool` decides: the machine of keepalived's checks, too. The operator goes on editing the
 * same list: servers that come are watched, servers that go are forgotten, and the weights the operator
 * writes win as soon as a server is up. A weight written to a down server is in force for one microtask.
 * Cost: O(log servers) per probe; O(servers) per change of health or edit, for the quorum.
 */
import { show } from '../errors.js';
import { isLocalFault } from '../local-fault.js';
import type { RealServer } from '../model/real-server.js';
import { type ServerAddressLike, serverKey } from '../model/server-address.js';
import type { ServerSettings } from '../model/server-settings.js';
import { ServerList } from '../model/server-list.js';
import { Disposable } from '../platform-methods.js';
import type { HealthChange } from './health-change.js';
import {
  completeHealthSettings,
  type HealthCheckerOptions,
  type HealthSettings,
} from './health-options.js';
import { HealthNews } from './health-news.js';
import { ListTable } from './list-table.js';
import { CheckCycle, type CheckVerdict, type HealthCounterState } from './machine/check-cycle.js';
import { ServerPool } from './machine/server-pool.js';
import { PooledServer } from './pooled-server.js';
import { ProbeLoop } from './probe-loop.js';
import { describe, type ProbeOutcome, runProbe } from './probe.js';
import { type ServerHealth, WatchedServer, type WatchedServerState } from './watched-server.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';

/** The state of a {@link HealthChecker}, as plain JSON. */
export interface HealthCheckerState extends SavedState {
  /** Every watched server, also those that are taken out. */
  readonly servers: readonly WatchedServerState[];
  /** Whether the sorry server is in the list. */
  readonly sorry: boolean;
  /** Whether there is quorum. */
  readonly quorum?: boolean;
}

/**
 * Watches the real servers of one list, and keeps those that are down out of service.
 *
 * @example
 * {@includeCode ../../docs/examples/health-checker.ts}
 */
export class HealthChecker extends Disposable implements Iterable<ServerHealth> {
  private readonly servers: ServerList;
  private readonly settings: HealthSettings;
  private readonly options: HealthCheckerOptions;
  private readonly table: ListTable;
  private readonly pool: ServerPool<PooledServer>;
  private readonly watched = new Map<string, WatchedServer>();
  private readonly news: HealthNews;
  private active = false;
  private begun = false;
  private reconciling = false;

  /**
   * Makes a checker; {@link HealthChecker.start} begins to probe.
   *
   * @param servers - The list to watch and to change.
   * @param options - The probe, and how to work.
   * @throws {TypeError} When an option has the wrong type.
   * @throws {RangeError} When an option is out of range.
   */
  constructor(servers: ServerList, options: HealthCheckerOptions) {
    super();
    if (!(servers instanceof ServerList)) {
      throw new TypeError(`Cannot check health: expected a server list, got ${show(servers)}`);
    }
    this.servers = servers;
    this.settings = completeHealthSettings(options);
    this.options = options;
    const { sorryServer, editor = servers } = options;
    const { quorum, hysteresis } = this.settings;
    const sorry = sorryServer && new PooledServer(sorryServer, false, false);
    const twins = sorry && { sorry, twin: () => this.find(sorry.options)?.pooled };
    this.news = new HealthNews(this.settings, options);
    this.table = new ListTable(servers, editor, twins, (event) => this.news.note(event));
    const rules = { quorum, hysteresis, keepsQuiesced: true };
    this.pool = new ServerPool<PooledServer>([], sorry, rules, this.table);
  }

  /** Whether it is probing. */
  get running(): boolean {
    return this.active;
  }

  /** Whether the servers that are up have the weight that `quorum` asks for; `false` before the start. */
  get hasQuorum(): boolean {
    return this.pool.up;
  }

  /**
   * Begins to probe the servers of the list; does nothing when it has begun, or when its signal is
   * aborted already.
   */
  start(): void {
    if (this.active || this.options.signal?.aborted === true) return;
    this.active = true;
    this.servers.subscribe(this.observer);
    this.options.signal?.addEventListener('abort', this.onAbort);
    this.meetAll();
    if (!this.begun) this.pool.start();
    this.begun = true;
    this.reconcile();
    for (const watched of this.watched.values()) watched.loop?.start();
  }

  /** Stops probing. Servers stay as they are: those that are out stay out until it starts again. */
  stop(): void {
    if (!this.active) return;
    this.active = false;
    this.servers.unsubscribe(this.observer);
    this.options.signal?.removeEventListener('abort', this.onAbort);
    for (const watched of this.watched.values()) watched.loop?.stop();
  }

  /** The same as {@link HealthChecker.stop}, for `using`. */
  close(): void {
    this.stop();
  }

  /**
   * The checker in words, for people: what `console.log` shows under Node.
   *
   * @returns One line, and one for each server that is down.
   */
  describe(): string {
    const all = [...this];
    const down = all.filter(({ up }) => !up);
    const lines = down.map(({ server, reason }) => `\n  ${server} is down (${reason})`);
    return `HealthChecker (${all.length - down.length} of ${all.length} servers up)${lines.join('')}`;
  }

  /**
   * Counts what the traffic has shown, as if a probe had: a refused connection, a failed request.
   * Does nothing while the checker is not running.
   *
   * @param server - The server, or its address and port; one that is not watched is passed over.
   * @param healthy - Whether it was well.
   * @param reason - Why it was not. An error of this machine does not count: its code is EMFILE, ENFILE, ENOBUFS or
   *   ENOMEM.
   */
  report(
    server: ServerAddressLike,
    healthy: boolean,
    reason: unknown = 'reported by traffic',
  ): void {
    const watched = this.find(server);
    if (watched === undefined || !this.active || isLocalFault(reason)) return;
    this.judge(watched, healthy, healthy ? '' : describe(reason));
  }

  /**
   * How a server is.
   *
   * @param server - The server, or its address and port.
   * @returns Its health, kept up to date, or `undefined` when it is not watched.
   */
  health(server: ServerAddressLike): ServerHealth | undefined {
    return this.find(server);
  }

  /**
   * Goes through the health of all watched servers, in the order in which they came.
   *
   * @returns An iterator.
   */
  [Symbol.iterator](): IterableIterator<ServerHealth> {
    return this.watched.values();
  }

  /**
   * Gives up a server that was taken off the list because it is down (`down: 'remove'`), as
   * `ServerList.remove` does for one that is on the list.
   *
   * @param server - The server, or its address and port.
   * @returns Whether there was such a server.
   */
  forget(server: ServerAddressLike): boolean {
    const watched = this.find(server);
    if (watched === undefined || watched.server.available) return false;
    this.part(watched);
    this.reconcileSoon();
    return true;
  }

  /**
   * Subscribes to changes.
   *
   * @param listener - Called with each change.
   * @returns Ends the subscription.
   */
  subscribe(listener: (change: HealthChange) => void): () => void {
    return this.news.subscribe(listener);
  }

  /**
   * Writes out how the servers are.
   *
   * @returns Plain JSON for {@link HealthChecker.restore}.
   */
  toJSON(): HealthCheckerState {
    const servers = [...this.watched.values()].map((watched) => watched.toJSON());
    const { up: quorum, sorry } = this.pool;
    return { format: STATE_FORMAT, servers, sorry: sorry?.listed === true, quorum };
  }

  /**
   * Reads back what {@link HealthChecker.toJSON} gave, before {@link HealthChecker.start}; the list must
   * have been read back too, or be set up again. Servers that are neither on the list nor held out are
   * passed over.
   *
   * @param state - The value that was written.
   * @throws {RangeError} When it is of another format.
   */
  restore(state: HealthCheckerState): void {
    requireStateFormat('a health checker', state);
    const { sorry, quorum = !sorry } = state;
    this.begun = true;
    this.pool.up = quorum;
    if (sorry) this.adoptSorryServer();
    for (const { server, ...counts } of state.servers) {
      const listed = this.servers.get(server);
      const serves = counts.up && this.pool.open;
      if (listed === undefined && (serves || this.settings.down === 'inhibit')) continue;
      const watched = this.meet(listed ?? this.addAndHold(server), counts);
      if (!serves) watched.weight = server.weight ?? 1;
    }
  }

  /** Takes the server of the list that an earlier checker put there for the sorry server. */
  private adoptSorryServer(): void {
    const { sorry } = this.pool;
    if (sorry === undefined) return;
    sorry.listed = true;
    sorry.record = this.servers.get(sorry.options);
  }

  private readonly onAbort = (): void => this.stop();

  private addAndHold(server: WatchedServerState['server']): RealServer {
    const editor = this.options.editor ?? this.servers;
    return editor.remove(editor.add(server));
  }

  private readonly observer = {
    serverAdded: (server: RealServer): void => {
      if (this.table.writing) return;
      const known = this.find(server);
      if (known === undefined) this.meet(server).loop?.start();
      else {
        known.enlist(server);
        known.weight = server.weight;
      }
      this.reconcileSoon();
    },
    serverEdited: (server: RealServer, settings: ServerSettings): void => {
      const watched = this.find(server);
      if (this.table.writing || watched === undefined) return;
      watched.weight = settings.weight ?? watched.weight;
      watched.pooled.options = { ...watched.pooled.options, ...settings };
      this.reconcileSoon();
    },
    serverRemoved: (server: RealServer): void => {
      const watched = this.find(server);
      if (this.table.writing || watched === undefined) return;
      this.part(watched);
      this.reconcileSoon();
    },
  };

  private find(server: ServerAddressLike): WatchedServer | undefined {
    return this.watched.get(serverKey(server));
  }

  /** Catches up with what has happened to the list since the last probe. */
  private meetAll(): void {
    for (const watched of this.watched.values()) this.meetAgain(watched);
    for (const server of [...this.servers].toReversed()) {
      if (this.find(server) === undefined && !this.isSorryServer(server)) this.meet(server);
    }
  }

  private isSorryServer(server: RealServer): boolean {
    const { sorry } = this.pool;
    return sorry?.listed === true && sorry.record === server;
  }

  private meetAgain(watched: WatchedServer): void {
    const listed = this.servers.get(watched.server);
    const held = !watched.up || !this.pool.open;
    if (listed === undefined) {
      if (!held || this.settings.down === 'inhibit') this.part(watched);
      return;
    }
    if (this.isSorryServer(listed)) return;
    watched.enlist(listed);
    // The weight 0 of a server that is held out is the checker's own.
    if (!held || listed.weight !== 0) watched.weight = listed.weight;
  }

  private meet(server: RealServer, counts?: HealthCounterState): WatchedServer {
    const { fall, rise, startUp, firstFailureDecides, timers, random, probe } = this.settings;
    const rules = {
      retry: fall - 1,
      retriesWhileDown: false,
      firstDecides: firstFailureDecides,
      rise,
    };
    const cycle = new CheckCycle(rules, startUp);
    if (counts !== undefined) cycle.restore(counts);
    const inhibit = this.settings.down === 'inhibit';
    const watched = new WatchedServer(server, cycle, timers.now(), inhibit);
    watched.loop = new ProbeLoop(
      this.settings,
      timers,
      random,
      () => runProbe(probe, watched.server, timers, this.settings.timeoutMs),
      (outcome) => this.take(watched, outcome),
    );
    this.watched.set(serverKey(server), watched);
    this.pool.servers.push(watched.pooled);
    return watched;
  }

  private part(watched: WatchedServer): void {
    watched.loop?.stop();
    this.watched.delete(serverKey(watched.server));
    this.pool.servers = this.pool.servers.filter((server) => server !== watched.pooled);
  }

  /** Takes the outcome of a probe; the answer is whether it is to be tried again soon. */
  private take(watched: WatchedServer, outcome: ProbeOutcome): boolean {
    const { healthy, reason, weight, inconclusive } = outcome;
    if (inconclusive === true) return false;
    if (healthy) watched.probed = weight;
    return this.judge(watched, healthy, reason) === 'retry';
  }

  private judge(watched: WatchedServer, healthy: boolean, reason: string): CheckVerdict {
    const { cycle, pooled } = watched;
    watched.reason = reason;
    const verdict = cycle.record(healthy);
    if (healthy) this.pool.changeWeight(pooled, watched.wanted);
    if (cycle.up !== pooled.alive) {
      watched.sinceMs = this.settings.timers.now();
      if (cycle.up) this.pool.bringUp(pooled);
      else this.pool.takeDown(pooled);
    }
    this.publish();
    return verdict;
  }

  /** Reports what has happened, once it is done. */
  private publish(): void {
    this.news.publish((server) => this.find(server.options));
  }

  /** Observers must not change the list during the call: it is done right after. */
  private reconcileSoon(): void {
    if (this.reconciling) return;
    this.reconciling = true;
    void Promise.resolve().then(() => {
      this.reconciling = false;
      if (this.active) this.reconcile();
    });
  }

  /** Makes pool and list agree with what the operator has done. */
  private reconcile(): void {
    for (const { pooled, wanted } of this.watched.values()) this.pool.setWeight(pooled, wanted);
    this.pool.weigh();
    for (const { pooled } of this.watched.values()) this.pool.correct(pooled);
    this.publish();
  }
}
