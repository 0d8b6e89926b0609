/**
 * Watching a {@link VirtualService}: what happens to its connections and servers, after the fact.
 */
import { rethrowLater } from '../rethrow-later.js';
import type { RealServer } from '../model/real-server.js';
import type { Client, Refusal } from './client.js';
import type { ServiceConnection } from './service-connection.js';

/**
 * What wants to know what happens in a virtual service; each method is called after the fact.
 *
 * What a method throws is reported as an uncaught error, and keeps nothing else from happening.
 */
export interface VirtualServiceObserver {
  /**
   * A client got a connection. Further datagrams of a known client are not notified.
   *
   * @param connection - The connection.
   */
  opened?(connection: ServiceConnection): void;
  /**
   * A client got no connection.
   *
   * @param reason - Why.
   * @param client - The client as it was given; the failed connection when it was a retry.
   */
  refused?(reason: Refusal, client: Client | ServiceConnection): void;
  /**
   * A connection was closed.
   *
   * @param connection - The connection.
   */
  closed?(connection: ServiceConnection): void;
  /**
   * A connection has run out: it was idle for `idleTimeoutSeconds`. Its sockets are the caller's to close.
   *
   * @param connection - The connection.
   */
  expired?(connection: ServiceConnection): void;
  /**
   * A server has failed a client: `retry` or `fail` was called.
   *
   * @param connection - The connection.
   * @param error - What the caller gave.
   */
  failed?(connection: ServiceConnection, error: unknown): void;
  /**
   * A client got another server after its own had failed.
   *
   * @param failed - The connection that has failed.
   * @param next - The new one, of which `opened` was notified before.
   */
  retried?(failed: ServiceConnection, next: ServiceConnection): void;
  /**
   * Outlier detection has taken a server out for a time.
   *
   * @param server - The server.
   * @param forMs - For how long, in milliseconds.
   */
  ejected?(server: RealServer, forMs: number): void;
  /**
   * A server is back after it was taken out.
   *
   * @param server - The server.
   */
  returned?(server: RealServer): void;
}

/** The observers of one service. */
export class ServiceObservers {
  /** Whether there is none: a field, since it is read for each connection. */
  empty = true;
  private readonly observers = new Set<VirtualServiceObserver>();

  /** Starts to notify an observer. */
  add(observer: VirtualServiceObserver): void {
    this.observers.add(observer);
    this.empty = false;
  }

  /** Stops notifying an observer. */
  delete(observer: VirtualServiceObserver): void {
    this.observers.delete(observer);
    this.empty = this.observers.size === 0;
  }

  /** Notifies each observer, whatever another one throws. */
  notify(call: (observer: VirtualServiceObserver) => void): void {
    for (const observer of this.observers) {
      try {
        call(observer);
      } catch (error) {
        rethrowLater(error);
      }
    }
  }
}
