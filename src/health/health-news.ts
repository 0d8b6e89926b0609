/**
 * The receivers of the changes that a health checker makes: its log and its listeners.
 */
import type { RealServer } from '../model/real-server.js';
import type { Timers } from '../timers.js';
import { formatHealthChange, type HealthChange, type HealthChangeKind } from './health-change.js';

/** Passes on changes. */
export class HealthNews {
  private readonly listeners = new Set<(change: HealthChange) => void>();
  private readonly timers: Timers;
  private readonly log: ((line: string) => void) | undefined;

  /**
   * @param timers - What says when a change was.
   * @param log - Takes a line for each change.
   */
  constructor(timers: Timers, log: ((line: string) => void) | undefined) {
    this.timers = timers;
    this.log = log;
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
   * Reports a change that has just been made.
   *
   * @param kind - What has happened.
   * @param server - To which server.
   * @param weight - The weight the operator wants it to have.
   * @param reason - Why it is down, or empty.
   */
  tell(kind: HealthChangeKind, server: RealServer, weight: number, reason: string): void {
    const change: HealthChange = { kind, server, timeMs: this.timers.now(), weight, reason };
    this.log?.(formatHealthChange(change));
    for (const listener of this.listeners) listener(change);
  }
}
