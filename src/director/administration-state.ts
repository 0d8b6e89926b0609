/**
 * Saves and restores the configuration of a director: services with their servers and the state of
 * their schedulers, timeouts, tunables, statistics and synchronization daemons.
 */
import { IpAddress } from '../ip-address.js';
import type { ServiceTableState } from '../services/service-table.js';
import type { Administration } from './administration.js';
import type { StatisticsRegistryState } from '../statistics/statistics-registry.js';
import type { SyncDaemon } from '../sync/sync-daemon.js';
import type { TimeoutSettings } from '../connections/states/timeouts.js';
import type { KernelRelease } from '../model/kernel-profile.js';
import { TUNABLE_NAMES, type TunableValues } from './tunables.js';

/** The state of a {@link SyncDaemon}, as plain JSON. */
export interface SyncDaemonState extends Omit<SyncDaemon, 'group'> {
  /** The multicast group's address. */
  readonly group: string;
}

/** The state of an {@link Administration}, as plain JSON. */
export interface AdministrationState {
  /** The kernel whose decisions are made; a state without it is one of the newest. */
  readonly kernel?: KernelRelease;
  /** The services. */
  readonly services: ServiceTableState;
  /** The timeouts of connections. */
  readonly timeouts: TimeoutSettings;
  /** The tunables. */
  readonly tunables: TunableValues;
  /** The statistics. */
  readonly statistics: StatisticsRegistryState;
  /** The daemons that run. */
  readonly daemons: readonly SyncDaemonState[];
}

/**
 * Saves a configuration.
 *
 * @param administration - The configuration.
 * @returns Plain JSON for {@link restoreAdministration}.
 */
export function stateOfAdministration(administration: Administration): AdministrationState {
  const { services, statistics, timeouts, tunables, daemons, kernel } = administration;
  return {
    kernel,
    services: services.toJSON(),
    timeouts,
    tunables: tunables.toJSON(),
    statistics: statistics.stateOf(services),
    daemons: daemons.map((daemon) => ({ ...daemon, group: daemon.group.toString() })),
  };
}

/**
 * Restores a configuration.
 *
 * @param state - What {@link stateOfAdministration} gave.
 * @param administration - Receives it; one without services and daemons.
 * @throws {IpvsError} When a service or daemon is there already, or a scheduler has an unknown name.
 * @throws {TypeError} When the state is damaged.
 * @throws {RangeError} When the state is damaged.
 */
export function restoreAdministration(
  state: AdministrationState,
  administration: Administration,
): void {
  const { services, statistics, tunables } = administration;
  for (const name of TUNABLE_NAMES) tunables.set(name, state.tunables[name]);
  services.restore(state.services);
  statistics.restore(state.statistics, services);
  administration.setTimeouts(state.timeouts);
  for (const daemon of state.daemons) {
    administration.startDaemon({ ...daemon, group: IpAddress.parse(daemon.group) });
  }
}
