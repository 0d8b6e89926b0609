/**
 * The classic health-checking loop over the real servers of a service.
 *
 * Rule: probe each server; n failures in a row take it out of service, m successes bring it back; when
 * none can serve, a sorry server steps in; every change is reported. The operator goes on editing the same
 * list: servers that come are watched, servers that go are forgotten, and the weights the operator
 * writes win as soon as a server is up. A weight written to a down server is in force for one microtask.
 * Cost: O(log servers) per probe; O(servers) per change of health or edit, for the sorry server.
 */
import { show } from '../errors.js';
import { isLocalFault } from '../local-fault.js';
import type { RealServer } from '../model/real-server.js';
import { type ServerAddressLike, serverKey } from '../model/server-address.js';
import type { ServerSettings } from '../model/server-settings.js';
import { ServerList } from '../model/server-list.js';
import { Disposable } from '../platform-methods.js';
import type { HealthChange } from './health-change.js';
import { HealthCounter } from './health-counter.js';
import {
  completeHealthSettings,
  type HealthCheckerOptions,
  type HealthSettings,
} from './health-options.js';
import { HealthNews } from './health-news.js';
import { ProbeLoop } from './probe-loop.js';
import { describe, runProbe } from './probe.js';
import { ServerSwitch } from './server-switch.js';
import { SorryServer } from './sorry-server.js';
import { type ServerHealth, WatchedServer, type WatchedServerState } from './watched-server.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';

/** The state of a {@link HealthChecker}, as plain JSON. */
export interface HealthCheckerState extends SavedState {
  /** Every watched server, also those that are taken out. */
  readonly servers: readonly WatchedServerState[];
  /** Whether the sorry server is in the list. */
  readonly sorry: boolean;
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
  private readonly change: ServerSwitch;
  private readonly sorry: SorryServer | undefined;
  private readonly watched = new Map<string, WatchedServer>();
  private readonly news: HealthNews;
  private active = false;
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
    this.change = new ServerSwitch(options.editor ?? servers, this.settings.down);
    const { sorryServer } = options;
    this.sorry = sorryServer && new SorryServer(servers, sorryServer, this.change);
    this.news = new HealthNews(this.settings.timers, options.log);
    if (options.onChange !== undefined) this.news.subscribe(options.onChange);
  }

  /** Whether it is probing. */
  get running(): boolean {
    return this.active;
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
    return { format: STATE_FORMAT, servers, sorry: this.sorry?.active !== undefined };
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
    if (state.sorry) this.sorry?.adopt();
    for (const { server, up, failures, successes } of state.servers) {
      const listed = this.servers.get(server);
      if (listed === undefined && (up || this.settings.down === 'inhibit')) continue;
      const watched = this.meet(listed ?? this.addAndHold(server));
      watched.counter.restore({ up, failures, successes });
      watched.held = !up;
      if (!up) watched.weight = server.weight ?? 1;
    }
  }

  private readonly onAbort = (): void => this.stop();

  private addAndHold(server: WatchedServerState['server']): RealServer {
    const editor = this.options.editor ?? this.servers;
    return editor.remove(editor.add(server));
  }

  private readonly observer = {
    serverAdded: (server: RealServer): void => {
      if (this.change.writing) return;
      const known = this.find(server);
      if (known === undefined) this.meet(server).loop?.start();
      else {
        known.server = server;
        known.weight = server.weight;
      }
      this.reconcileSoon();
    },
    serverEdited: (server: RealServer, settings: ServerSettings): void => {
      const watched = this.find(server);
      if (this.change.writing || watched === undefined) return;
      watched.weight = settings.weight ?? watched.weight;
      this.reconcileSoon();
    },
    serverRemoved: (server: RealServer): void => {
      const watched = this.find(server);
      if (this.change.writing || watched === undefined) return;
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
      if (this.find(server) === undefined && this.sorry?.is(server) !== true) this.meet(server);
    }
    this.reconcile();
  }

  private meetAgain(watched: WatchedServer): void {
    const listed = this.servers.get(watched.server);
    if (listed === undefined) {
      if (!watched.held || this.settings.down === 'inhibit') this.part(watched);
      return;
    }
    watched.server = listed;
    // The weight 0 of a server that is held out is the checker's own.
    if (!watched.held || listed.weight !== 0) watched.weight = listed.weight;
  }

  private meet(server: RealServer): WatchedServer {
    const { fall, rise, startUp, timers, random, probe, timeoutMs } = this.settings;
    const counter = new HealthCounter(fall, rise, startUp);
    const watched = new WatchedServer(server, counter, timers.now());
    watched.loop = new ProbeLoop(
      this.settings,
      timers,
      random,
      () => runProbe(probe, watched.server, timers, timeoutMs),
      ({ healthy, reason, weight, inconclusive }) => {
        if (inconclusive !== true) this.judge(watched, healthy, reason, weight);
      },
    );
    this.watched.set(serverKey(server), watched);
    return watched;
  }

  private part(watched: WatchedServer): void {
    watched.loop?.stop();
    this.watched.delete(serverKey(watched.server));
  }

  private judge(watched: WatchedServer, healthy: boolean, reason: string, weight?: number): void {
    watched.reason = reason;
    const reweighed = weight !== undefined && weight !== watched.probed;
    if (reweighed) watched.probed = weight;
    if (!watched.counter.count(healthy)) {
      if (reweighed) this.reconcile();
      return;
    }
    watched.sinceMs = this.settings.timers.now();
    this.apply(watched);
    this.news.tell(watched.up ? 'up' : 'down', watched.server, watched.wanted, reason);
    this.updateSorryServer();
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

  private reconcile(): void {
    for (const watched of this.watched.values()) this.apply(watched);
    this.updateSorryServer();
  }

  /** Makes the list agree with a server's health, unless it serves as the sorry server. */
  private apply(watched: WatchedServer): void {
    if (watched.up || this.sorry?.is(watched.server) !== true) this.change.apply(watched);
    else watched.held = true;
  }

  private updateSorryServer(): void {
    const serving = [...this.watched.values()].some(({ up, wanted }) => up && wanted > 0);
    const twin = this.sorry && this.find(this.sorry.address);
    const moved = this.sorry?.update(!serving, twin);
    if (moved !== undefined) {
      this.news.tell(serving ? 'sorry-server-out' : 'sorry-server-in', moved, moved.weight, '');
    }
  }
}
