/**
 * Which servers a connection of a {@link VirtualService} may get: all that the scheduler picks, but for those
 * that the client must not get, that outlier detection has taken out, and that are in slow start.
 *
 * The scheduler picks by its own rule, as if these servers were unusable, and what it remembers of other servers
 * goes on. When no server is left, slow start and then outlier detection give way: only what the client itself
 * excludes stays excluded.
 */
import type { Flow } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerChoice } from './connection-opener.js';
import type { OutlierDetection } from './outlier-detection.js';
import type { Service } from './service.js';
import type { SlowStart } from './slow-start.js';

/** Chooses servers where not all of them may be chosen. */
export class RestrictedChoice implements ServerChoice {
  private readonly service: Service;
  private readonly slowStart: SlowStart;
  private readonly outliers: OutlierDetection | undefined;
  private except: readonly RealServer[] = [];

  /**
   * @param service - The service, with its scheduler.
   * @param slowStart - The servers that get less than their share.
   * @param outliers - The servers that are out.
   */
  constructor(service: Service, slowStart: SlowStart, outliers: OutlierDetection | undefined) {
    this.service = service;
    this.slowStart = slowStart;
    this.outliers = outliers;
  }

  /** Whether any server may not be chosen freely. */
  get active(): boolean {
    return this.slowStart.active || this.outliers?.active === true;
  }

  /**
   * Prepares the choice for one connection.
   *
   * @param except - The servers that the client must not get.
   * @param now - The present time in milliseconds.
   * @returns The choice itself.
   */
  for(except: readonly RealServer[], now: number): this {
    this.except = except;
    if (this.slowStart.active) this.slowStart.advance(now);
    return this;
  }

  allows(server: RealServer): boolean {
    return !this.except.includes(server) && this.outliers?.has(server) !== true;
  }

  schedule(flow: Flow): RealServer | undefined {
    const { except, slowStart, outliers } = this;
    for (const server of except) server.suspend();
    try {
      let server = this.pick(flow);
      if (server === undefined && slowStart.active) {
        server = slowStart.without(() => this.pick(flow));
      }
      if (server === undefined && outliers?.active === true) {
        server = slowStart.without(() => outliers.without(() => this.pick(flow)));
      }
      if (server !== undefined) slowStart.picked(server);
      return server;
    } finally {
      for (const server of except) server.resume();
    }
  }

  private pick(flow: Flow): RealServer | undefined {
    const { scheduler } = this.service;
    if (scheduler.reschedule === undefined) return scheduler.schedule(flow);
    // What one client must not get says nothing about what others get: nothing is remembered.
    if (this.except.length > 0) return scheduler.reschedule(flow);
    return scheduler.schedule(flow) ?? scheduler.reschedule(flow);
  }
}
