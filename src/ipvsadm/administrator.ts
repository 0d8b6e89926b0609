/**
 * Whom the rule language talks to: a director, or anything that can be configured like one.
 */
import type { ListedConnection } from './listed-connection.js';
import type { StatisticsRegistry } from '../statistics/statistics-registry.js';
import type { SyncDaemon, SyncRole } from '../sync/sync-daemon.js';
import type { TimeoutSettings } from '../connections/states/timeouts.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../model/server-settings.js';
import type { ServiceName } from '../services/service-key.js';
import type { Service, ServiceSettings } from '../services/service.js';

/** What the rule language needs of a director; each refusal is an `IpvsError` with a code. */
export interface Administrator {
  /** The services, in any order. */
  readonly services: Iterable<Service>;
  /** Whose statistics are whose. */
  readonly statistics: Pick<StatisticsRegistry, 'of'>;
  /** The timeouts of connections. */
  readonly timeouts: TimeoutSettings;
  /** The synchronization daemons that run: the master, then the backup. */
  readonly daemons: readonly SyncDaemon[];
  /**
   * Finds a service.
   *
   * @param name - What names it.
   * @returns The service, or `undefined`.
   */
  findService(name: ServiceName): Service | undefined;
  /**
   * Adds a service.
   *
   * @param name - What names it.
   * @param settings - Its settings.
   */
  addService(name: ServiceName, settings: ServiceSettings): unknown;
  /**
   * Changes a service's settings.
   *
   * @param name - What names it.
   * @param settings - What to change.
   */
  editService(name: ServiceName, settings: ServiceSettings): unknown;
  /**
   * Removes a service.
   *
   * @param name - What names it.
   */
  removeService(name: ServiceName): unknown;
  /** Removes all services. */
  flush(): void;
  /**
   * Adds a real server.
   *
   * @param name - What names the service.
   * @param server - The server.
   */
  addServer(name: ServiceName, server: ServerOptions): unknown;
  /**
   * Changes a real server's settings.
   *
   * @param name - What names the service.
   * @param server - The server.
   * @param settings - What to change.
   */
  editServer(name: ServiceName, server: ServerAddress, settings: ServerSettings): unknown;
  /**
   * Removes a real server.
   *
   * @param name - What names the service.
   * @param server - The server.
   */
  removeServer(name: ServiceName, server: ServerAddress): unknown;
  /**
   * Zeroes statistics.
   *
   * @param name - What names the only service to zero.
   */
  zero(name?: ServiceName): void;
  /**
   * Changes the timeouts of connections.
   *
   * @param timeouts - The new ones; 0 leaves one as it is.
   */
  setTimeouts(timeouts: TimeoutSettings): void;
  /**
   * Starts a synchronization daemon.
   *
   * @param daemon - How it is to run.
   */
  startDaemon(daemon: SyncDaemon): void;
  /**
   * Stops a synchronization daemon.
   *
   * @param role - Its role.
   */
  stopDaemon(role: SyncRole): void;
  /**
   * Copies the configuration, for trying changes.
   *
   * @returns A copy with the same configuration, whose changes have no effect elsewhere.
   */
  dryRun(): Administrator;
  /**
   * Goes through the connections and templates, in any order; when missing, there are none.
   *
   * @returns The rows of a listing.
   */
  connections?(): Iterable<ListedConnection>;
  /** Does what has fallen due, so that a listing shows the present: timers, and ticks of the statistics. */
  advance?(): unknown;
}
