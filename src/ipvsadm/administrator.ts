/**
 * Whom the rule language talks to: a director, or anything that can be configured like one.
 */
import type { StatisticsBook } from '../director/statistics-book.js';
import type { SyncDaemon, SyncRole } from '../director/sync-daemons.js';
import type { Timeouts } from '../director/timeouts.js';
import type { IpAddress } from '../ip-address.js';
import type { Protocol } from '../model/flow.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../model/server-list.js';
import type { ServiceName } from '../services/service-key.js';
import type { Service, ServiceSettings } from '../services/service.js';

/** A connection or template, as a listing shows it. */
export interface ListedConnection {
  /** The protocol; `'ip'` for a template of a mark. */
  readonly protocol: Protocol | 'ip';
  /** For a template of a mark: the mark, shown in place of the virtual address. */
  readonly fwmark?: number;
  /** Whole seconds until it expires. */
  readonly secondsLeft: number;
  /** The state's name. */
  readonly state: string;
  /** The client's address. */
  readonly clientAddress: IpAddress;
  /** The client's port; 0 for a template. */
  readonly clientPort: number;
  /** The virtual address. */
  readonly virtualAddress: IpAddress;
  /** The virtual port. */
  readonly virtualPort: number;
  /** The server's address. */
  readonly serverAddress: IpAddress;
  /** The server's port. */
  readonly serverPort: number;
}

/** What the rule language needs of a director; each refusal is an `IpvsError` with a code. */
export interface Administrator {
  /** The services, in any order. */
  readonly services: Iterable<Service>;
  /** Whose statistics are whose. */
  readonly statistics: Pick<StatisticsBook, 'of'>;
  /** The timeouts of connections. */
  readonly timeouts: Timeouts;
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
   * Deletes a service.
   *
   * @param name - What names it.
   */
  deleteService(name: ServiceName): unknown;
  /** Deletes all services. */
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
  setTimeouts(timeouts: Timeouts): void;
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
   * @returns Somebody with the same configuration, whose changes have no effect elsewhere.
   */
  rehearse(): Administrator;
  /**
   * Goes through the connections and templates, in any order; when missing, there are none.
   *
   * @returns The rows of a listing.
   */
  connections?(): Iterable<ListedConnection>;
}
