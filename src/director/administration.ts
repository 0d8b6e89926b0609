/**
 * The administration of a director, which needs no packets: services, real servers, timeouts, statistics and
 * the state of synchronization daemons. Conflicts are reported in the order in which they are documented.
 * Source: ipvsadm(8), and recorded answers.
 */
import type { Clock } from '../clock.js';
import { Timeouts, type TimeoutSettings } from '../connections/states/timeouts.js';
import { IpvsError, type OptionNames, requireKnownOptions } from '../errors.js';
import { IpAddress } from '../ip-address.js';
import { executeCommand, type ExecuteOptions } from '../ipvsadm/execute.js';
import { parseCommand } from '../ipvsadm/parse.js';
import type { ParseOptions } from '../ipvsadm/parse-options.js';
import { type KernelRelease, NEWEST_KERNEL } from '../model/kernel-profile.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../model/server-settings.js';
import type { RandomSource } from '../random.js';
import { schedulersByName } from '../schedulers/create-scheduler.js';
import type { PersistenceEngineName } from '../model/persistence-engine.js';
import type { SchedulerRegistry } from '../services/scheduler-registry.js';
import { persistenceState } from '../services/persistence-settings.js';
import type { ServiceName } from '../services/service-key.js';
import { ServiceTable } from '../services/service-table.js';
import type { Service, ServiceSettings } from '../services/service.js';
import { inertFactory, inertSchedulers } from './dry-run.js';
import { mayBeServer, type Network } from './allowed-server-addresses.js';
import { StatisticsRegistry } from '../statistics/statistics-registry.js';
import type { SyncDaemon, SyncRole } from '../sync/sync-daemon.js';
import { SyncDaemons } from './sync-daemons.js';
import { Tunables } from './tunables.js';

/** Options and dependencies of an {@link Administration}. */
export interface AdministrationOptions {
  /** Finds schedulers by name; default {@link schedulersByName}, which knows all of them. */
  readonly schedulers?: SchedulerRegistry;
  /** The clock; default the process's own. */
  readonly clock?: Clock;
  /** The random source; default the platform's own. */
  readonly random?: RandomSource;
  /** The director's tunables; default all have their default. */
  readonly tunables?: Tunables;
  /** The networks the director is attached to, whose broadcast addresses cannot be servers; default none. */
  readonly networks?: readonly Network[];
  /** The names of the director's network devices; default any name is taken for one. */
  readonly devices?: readonly string[];
  /** The kernel whose decisions are made; default the newest. */
  readonly kernel?: KernelRelease;
  /** The persistence engines that there are; default all: `sip`. */
  readonly persistenceEngines?: readonly PersistenceEngineName[];
}

/**
 * The names of the options.
 *
 * @internal
 */
export const ADMINISTRATION_OPTIONS: OptionNames<AdministrationOptions> = {
  schedulers: true,
  clock: true,
  random: true,
  tunables: true,
  networks: true,
  devices: true,
  kernel: true,
  persistenceEngines: true,
};

/**
 * The configuration of one director.
 *
 * @example
 * {@includeCode ../../docs/examples/administration.ts}
 */
export class Administration {
  /** The services. */
  readonly services: ServiceTable;
  /** The statistics. */
  readonly statistics: StatisticsRegistry = new StatisticsRegistry();
  /** The tunables. */
  readonly tunables: Tunables;
  /** The kernel whose decisions are made. */
  readonly kernel: KernelRelease;
  private readonly options: AdministrationOptions;
  private readonly syncDaemons = new SyncDaemons();
  /** The timeouts of connections, live. */
  protected readonly connectionTimeouts: Timeouts = new Timeouts();

  /** @param options - What it is made from. */
  constructor(options: AdministrationOptions = {}) {
    requireKnownOptions('create an administration', options, ADMINISTRATION_OPTIONS);
    const { schedulers = schedulersByName, clock, random, kernel, persistenceEngines } = options;
    this.options = options;
    this.kernel = kernel ?? NEWEST_KERNEL;
    this.tunables = options.tunables ?? new Tunables();
    this.services = new ServiceTable({
      schedulers,
      ...(clock === undefined ? {} : { clock }),
      ...(random === undefined ? {} : { random }),
      ...(kernel === undefined ? {} : { kernel }),
      ...(persistenceEngines === undefined ? {} : { persistenceEngines }),
      tunable: (name) => this.tunables.values[name],
    });
  }

  /** The timeouts of connections. */
  get timeouts(): TimeoutSettings {
    return this.connectionTimeouts.settings;
  }

  /** The synchronization daemons that run: the master, then the backup. */
  get daemons(): readonly SyncDaemon[] {
    return this.syncDaemons.list();
  }

  /**
   * Finds a service.
   *
   * @param name - What names it.
   * @returns The service, or `undefined`.
   */
  findService(name: ServiceName): Service | undefined {
    return this.services.find(name);
  }

  /**
   * Adds a service.
   *
   * @param name - What names it.
   * @param settings - Its settings; what is not given has its default.
   * @returns The service.
   * @throws {IpvsError} `ERR_SERVICE_EXISTS`, else `ERR_PERSISTENCE_ENGINE_NOT_FOUND`, else
   *   `ERR_SCHEDULER_NOT_FOUND`.
   */
  addService(name: ServiceName, settings: ServiceSettings = {}): Service {
    this.beforeChange();
    return this.services.add(name, settings);
  }

  /**
   * Changes a service's settings.
   *
   * @param name - What names it.
   * @param settings - What to change; what is not given stays.
   * @returns The service.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`, else `ERR_PERSISTENCE_ENGINE_NOT_FOUND`, else
   *   `ERR_SCHEDULER_NOT_FOUND`.
   */
  editService(name: ServiceName, settings: ServiceSettings): Service {
    this.beforeChange();
    return this.services.edit(name, settings);
  }

  /**
   * Removes a service.
   *
   * @param name - What names it.
   * @returns The service that was.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`.
   */
  removeService(name: ServiceName): Service {
    this.beforeChange();
    const service = this.services.find(name);
    if (service !== undefined) this.statistics.forget(service);
    return this.services.remove(name);
  }

  /** Removes all services. */
  flush(): void {
    for (const service of this.services) this.removeService(service);
  }

  /**
   * Adds a real server to a service.
   *
   * @param name - What names the service.
   * @param server - The server; what is not given has its default.
   * @returns The server.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`; else `ERR_FAMILY_MIXED` when it is of another family
   *   than the service and a daemon runs; else `ERR_THRESHOLDS`; else `ERR_SERVER_EXISTS`; else
   *   `ERR_SERVER_ADDRESS`.
   */
  addServer(name: ServiceName, server: ServerOptions): RealServer {
    this.beforeChange();
    const service = this.services.get(name);
    const address = IpAddress.from(server.address);
    if (address.family !== service.family && this.syncDaemons.size > 0) {
      throw new IpvsError('ERR_FAMILY_MIXED', `Cannot add ${address}: a sync daemon runs`);
    }
    requireOrder(server, address);
    if (!mayBeServer(address, this.options.networks ?? [])) {
      throw new IpvsError('ERR_SERVER_ADDRESS', `Cannot add ${address}: it is not unicast`);
    }
    return service.servers.add(server);
  }

  /**
   * Changes a real server's settings.
   *
   * @param name - What names the service.
   * @param server - The server.
   * @param settings - What to change; what is not given stays.
   * @returns The server.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`, else `ERR_THRESHOLDS`, else `ERR_SERVER_NOT_FOUND`.
   */
  editServer(name: ServiceName, server: ServerAddress, settings: ServerSettings): RealServer {
    this.beforeChange();
    const service = this.services.get(name);
    const present = service.servers.get(server);
    requireOrder({ ...thresholdsOf(present), ...settings }, server.address);
    return service.servers.edit(server, settings);
  }

  /**
   * Removes a real server from a service; its connections stay.
   *
   * @param name - What names the service.
   * @param server - The server.
   * @returns The server that was.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`, else `ERR_SERVER_NOT_FOUND`.
   */
  removeServer(name: ServiceName, server: ServerAddress): RealServer {
    this.beforeChange();
    return this.services.get(name).servers.remove(server);
  }

  /**
   * Zeroes the statistics of a service and its servers, or all.
   *
   * @param name - What names the service; nothing = all, the director's own included.
   * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND`.
   */
  zero(name?: ServiceName): void {
    this.beforeChange();
    if (name !== undefined) {
      this.statistics.zero([this.services.get(name)]);
      return;
    }
    this.statistics.zero(this.services);
    this.statistics.total.zero();
  }

  /**
   * Changes the timeouts of connections.
   *
   * @param timeouts - The new ones; 0 or nothing leaves one as it is.
   * @throws {RangeError} When one is out of range.
   */
  setTimeouts(timeouts: Partial<TimeoutSettings>): void {
    this.beforeChange();
    this.connectionTimeouts.set(timeouts);
  }

  /**
   * Starts a synchronization daemon.
   *
   * @param daemon - How it is to run.
   * @throws {IpvsError} `ERR_FAMILY_MIXED` when a server is of another family than its service; else
   *   `ERR_DEVICE_NOT_FOUND`; else `ERR_DAEMON_RUNNING`.
   */
  startDaemon(daemon: SyncDaemon): void {
    if ([...this.services].some(hasMixedFamilies)) {
      throw new IpvsError('ERR_FAMILY_MIXED', 'Cannot start a daemon: families are mixed');
    }
    if (this.options.devices?.includes(daemon.device) === false) {
      throw new IpvsError('ERR_DEVICE_NOT_FOUND', `Cannot start a daemon: no ${daemon.device}`);
    }
    this.syncDaemons.start(daemon);
  }

  /**
   * Stops a synchronization daemon.
   *
   * @param role - Its role.
   * @throws {IpvsError} `ERR_DAEMON_NOT_RUNNING`.
   */
  stopDaemon(role: SyncRole): void {
    this.syncDaemons.stop(role);
  }

  /**
   * Carries out a command of ipvsadm(8).
   *
   * @param line - The command, such as `-A -t 192.0.2.1:80 -s wlc`; a leading `ipvsadm` is dropped, and a line with no
   *   words means `-L`.
   * @param options - How the command is read, and how listings are written.
   * @returns What the tool writes to its standard output; empty for most commands.
   * @throws {IpvsadmError} When it is no command, or is refused, with the tool's message; nothing is changed.
   */
  execute(line: string, options: ParseOptions & ExecuteOptions = {}): string {
    return executeCommand(parseCommand(line, 1, options), this, options);
  }

  /**
   * Copies the configuration for a dry run of changes, without connections, statistics and the state of
   * schedulers.
   *
   * @returns The copy.
   */
  dryRun(): Administration {
    const { options, services, syncDaemons } = this;
    const schedulers = inertSchedulers(options.schedulers ?? schedulersByName);
    const copy = new Administration({ ...options, schedulers, tunables: this.tunables });
    copy.connectionTimeouts.set(this.timeouts);
    for (const daemon of syncDaemons.list()) copy.syncDaemons.start(daemon);
    for (const service of services) {
      const { schedulerName, schedulerFlags, persistence, onePacket } = service;
      const settings = {
        schedulerFlags,
        persistence: persistence === undefined ? (false as const) : persistenceState(persistence),
        onePacket,
      };
      const scheduler = inertFactory(schedulerName);
      const { servers } = copy.addService(service, { ...settings, scheduler });
      for (const server of [...service.servers].toReversed()) servers.add(server);
    }
    return copy;
  }

  /** Called before each change; a director runs the timers that are due. */
  protected beforeChange(): void {
    // A configuration alone has no timers.
  }
}

function hasMixedFamilies(service: Service): boolean {
  return [...service.servers].some((server) => server.address.family !== service.family);
}

function thresholdsOf(server: RealServer | undefined): ServerSettings {
  if (server === undefined) return {};
  return { upperThreshold: server.upperThreshold, lowerThreshold: server.lowerThreshold };
}

function requireOrder(settings: ServerSettings, server: unknown): void {
  const { upperThreshold = 0, lowerThreshold = 0 } = settings;
  if (lowerThreshold <= upperThreshold) return;
  throw new IpvsError(
    'ERR_THRESHOLDS',
    `Cannot set the thresholds of ${String(server)}: ${lowerThreshold} is above ${upperThreshold}`,
  );
}
