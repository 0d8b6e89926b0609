/**
 * The receivers of the changes that a health checker makes: its log and its listeners. They hear of a change when it
 * is done, with all that follows from it.
 */
import type { RealServer } from '../model/real-server.js';
import { formatHealthChange, type HealthChange, type HealthChangeKind } from './health-change.js';
import type { HealthCheckerOptions, HealthSettings } from './health-options.js';
import type { PoolEvent } from './machine/server-pool.js';
import type { PooledServer } from './pooled-server.js';
import { formatQuorumChange } from './quorum-change.js';
import type { WatchedServer } from './watched-server.js';

/** Finds the watched server behind a server of the pool. */
export type FindWatched = (server: PooledServer) => WatchedServer | undefined;

/** Passes on changes. */
export class HealthNews {
  private readonly listeners = new Set<(change: HealthChange) => void>();
  private readonly settings: HealthSettings;
  private readonly options: HealthCheckerOptions;
  private readonly noted: PoolEvent<PooledServer>[] = [];
  /** The weight that was up when quorum was last lost. */
  private weightLeft = 0;

  /**
   * @param settings - What says when a change was, and the quorum.
   * @param options - What takes changes.
   */
  constructor(settings: HealthSettings, options: HealthCheckerOptions) {
    this.settings = settings;
    this.options = options;
    if (options.onChange !== undefined) this.subscribe(options.onChange);
  }

  /**
   * Subscribes to changes.
   *
   * @param listener - Called with each change.
   * @returns Ends the subscription.
   */
  subscribe(listener: (change: HealthChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Notes what a pool is about to do.
   *
   * @param event - What it is.
   */
  note(event: PoolEvent<PooledServer>): void {
    // The operator may have removed the sorry server, or never had it.
    if (event.type === 'sorry-out' && event.server.record?.available !== true) return;
    this.noted.push(event);
  }

  /**
   * Reports what was noted.
   *
   * @param find - Finds watched servers.
   */
  publish(find: FindWatched): void {
    for (let event = this.noted.shift(); event !== undefined; event = this.noted.shift()) {
      this.report(event, find);
    }
  }

  private report(event: PoolEvent<PooledServer>, find: FindWatched): void {
    switch (event.type) {
      case 'up':
      case 'down': {
        const watched = find(event.server);
        if (watched !== undefined) {
          this.tell(event.type, watched.server, watched.wanted, watched.reason);
        }
        return;
      }
      case 'gained':
      case 'lost':
        return this.reportQuorum(event);
      case 'sorry-in':
        return this.tellSorry('sorry-server-in', event.server, this.sorryReason());
      case 'sorry-out':
        return this.tellSorry('sorry-server-out', event.server, '');
      default:
    }
  }

  private reportQuorum({
    type,
    total: weight,
    starting,
  }: Extract<PoolEvent<PooledServer>, { type: 'gained' | 'lost' }>): void {
    const gained = type === 'gained';
    if (!gained) this.weightLeft = weight;
    if (gained && starting) return;
    const { quorum, timers } = this.settings;
    const change = { gained, weight, quorum, timeMs: timers.now() };
    if (this.options.quorum !== undefined) this.options.log?.(formatQuorumChange(change));
    this.options.onQuorumChange?.(change);
  }

  private sorryReason(): string {
    const { weightLeft } = this;
    return weightLeft === 0 ? '' : `weight ${weightLeft} of ${this.settings.quorum} is up`;
  }

  private tellSorry(kind: HealthChangeKind, { record }: PooledServer, reason: string): void {
    if (record !== undefined) this.tell(kind, record, record.weight, reason);
  }

  private tell(kind: HealthChangeKind, server: RealServer, weight: number, reason: string): void {
    const change = { kind, server, timeMs: this.settings.timers.now(), weight, reason };
    this.options.log?.(formatHealthChange(change));
    for (const listener of this.listeners) listener(change);
  }
}
