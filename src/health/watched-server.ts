/**
 * What a health checker knows of one real server: how it is, and what the operator wants of it.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerOptions } from '../model/server-settings.js';
import type { CheckCycle, HealthCounterState } from './machine/check-cycle.js';
import { optionsOf, PooledServer } from './pooled-server.js';
import type { ProbeLoop } from './probe-loop.js';

/** How one real server is, as a health checker sees it. */
export interface ServerHealth {
  /** The server; while it is taken out of the list by the checker, its last record. */
  readonly server: RealServer;
  /** Whether it counts as up. */
  readonly up: boolean;
  /** Failures in a row up to now. */
  readonly failures: number;
  /** Successes in a row up to now. */
  readonly successes: number;
  /** The weight the operator last gave it: what it has while it is up. */
  readonly weight: number;
  /** Since when it is up or down, in milliseconds of the checker's clock. */
  readonly sinceMs: number;
  /** Why the last probe failed; empty when it did not. */
  readonly reason: string;
}

/** One watched server as plain JSON. */
export interface WatchedServerState extends HealthCounterState {
  /** The server, with the settings the operator wants. */
  readonly server: ServerOptions;
}

/** The record behind a {@link ServerHealth}. */
export class WatchedServer implements ServerHealth {
  weight: number;
  sinceMs: number;
  reason = '';
  /** The weight that the last good probe gave, if it gave one. */
  probed: number | undefined = undefined;
  /** Its results. */
  readonly cycle: CheckCycle;
  /** Its place in the pool. */
  readonly pooled: PooledServer;
  /** Its probes; set by the checker right after the record is made. */
  loop: ProbeLoop | undefined;

  /**
   * @param server - The server.
   * @param cycle - Its results.
   * @param sinceMs - The present time in milliseconds.
   * @param inhibit - Whether it stays in the list while it does not serve.
   */
  constructor(server: RealServer, cycle: CheckCycle, sinceMs: number, inhibit: boolean) {
    this.weight = server.weight;
    this.cycle = cycle;
    this.sinceMs = sinceMs;
    this.pooled = new PooledServer(optionsOf(server), cycle.up, inhibit, server);
    this.pooled.listed = server.available;
  }

  get server(): RealServer {
    return this.pooled.record as RealServer;
  }

  /** The weight it shall have while it is up: 0 if the operator wrote 0, else the probe's, else the operator's. */
  get wanted(): number {
    return this.weight === 0 ? 0 : (this.probed ?? this.weight);
  }

  get up(): boolean {
    return this.cycle.up;
  }

  get failures(): number {
    return this.cycle.failures;
  }

  get successes(): number {
    return this.cycle.successes;
  }

  /**
   * The operator has put the server into the list, or back into it.
   *
   * @param server - Its record.
   */
  enlist(server: RealServer): void {
    this.pooled.record = server;
    this.pooled.options = optionsOf(server);
    this.pooled.listed = true;
  }

  /**
   * Writes the record out.
   *
   * @returns Plain JSON, with the weight the operator wants.
   */
  toJSON(): WatchedServerState {
    const { options } = this.pooled;
    const { weight } = this;
    return {
      ...this.cycle.toJSON(),
      server: { ...options, address: options.address.toString(), weight },
    };
  }
}
