/**
 * What a health checker knows of one real server: how it is, what the operator wants of it, and
 * whether the checker holds it out of service.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerOptions } from '../model/server-settings.js';
import type { HealthCounter, HealthCounterState } from './health-counter.js';
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
  server: RealServer;
  weight: number;
  sinceMs: number;
  reason = '';
  /** The weight that the last good probe gave, if it gave one. */
  probed: number | undefined = undefined;
  /** Whether the checker took it out of service and has to bring it back. */
  held = false;
  readonly counter: HealthCounter;
  /** Its probes; set by the checker right after the record is made. */
  loop: ProbeLoop | undefined;

  /**
   * @param server - The server.
   * @param counter - Its counts.
   * @param sinceMs - The present time in milliseconds.
   */
  constructor(server: RealServer, counter: HealthCounter, sinceMs: number) {
    this.server = server;
    this.weight = server.weight;
    this.counter = counter;
    this.sinceMs = sinceMs;
  }

  /** The weight it shall have while it is up: 0 if the operator wrote 0, else the probe's, else the operator's. */
  get wanted(): number {
    return this.weight === 0 ? 0 : (this.probed ?? this.weight);
  }

  get up(): boolean {
    return this.counter.up;
  }

  get failures(): number {
    return this.counter.failures;
  }

  get successes(): number {
    return this.counter.successes;
  }

  /**
   * Writes the record out.
   *
   * @returns Plain JSON, with the weight the operator wants.
   */
  toJSON(): WatchedServerState {
    const { address, port, upperThreshold, lowerThreshold, forwardingMethod, tunnel } = this.server;
    return {
      ...this.counter.toJSON(),
      server: {
        address: address.toString(),
        port,
        weight: this.weight,
        upperThreshold,
        lowerThreshold,
        forwardingMethod,
        tunnel,
      },
    };
  }
}
