/**
 * The parts that a director has only when it is given them: synchronization and connection tracking. Both learn of
 * entries that leave the table.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import type { Timeouts } from '../connections/states/timeouts.js';
import type { TrackingPart } from '../conntrack/tracking-part.js';
import { kernelRules } from '../model/kernel-profile.js';
import { PERSISTENCE_ENGINES } from '../model/persistence-engine.js';
import type { RandomSource } from '../random.js';
import type { ServiceTable } from '../services/service-table.js';
import type { SyncPart } from '../sync/sync-part.js';
import type { DirectorOptions } from './director-options.js';
import type { DirectorHost } from './host.js';
import type { OwnClients } from './own-clients.js';
import type { TunableValues } from './tunables.js';

/** What optional parts work on. */
export interface OptionalPartsEnvironment {
  /** The connections. */
  readonly table: ConnectionTable;
  /** The services. */
  readonly services: ServiceTable;
  /** The timeouts of connections. */
  readonly timeouts: Timeouts;
  /** The tunables, live. */
  readonly tunables: TunableValues;
  /** The director's random source. */
  readonly random: RandomSource;
  /** The host. */
  readonly host: DirectorHost;
  /** The clients on the host. */
  readonly ownClients: OwnClients;
}

/** The optional parts of one director. */
export interface OptionalParts {
  /** Synchronization with other directors. */
  readonly sync: SyncPart | undefined;
  /** Connection tracking. */
  readonly tracking: TrackingPart | undefined;
}

/**
 * Makes the optional parts of a director.
 *
 * @param options - Its options.
 * @param environment - What they work on.
 * @param advance - Gives the director's time in milliseconds, after what is due has run.
 * @returns The parts that the options ask for.
 * @throws {TypeError} When connection tracking belongs to another director.
 */
export function optionalParts(
  options: DirectorOptions,
  environment: OptionalPartsEnvironment,
  advance: () => number,
): OptionalParts {
  const { table, services, timeouts, tunables, random, host, ownClients } = environment;
  const tracking = options.tracking?.attach({
    table,
    tunables,
    random,
    isLocal: (address) => host.isOwn(address),
    ownAddress: (family) => (family === 4 ? host.server.ipv4 : host.server.ipv6),
    advance,
  });
  const sync = options.sync?.({
    table,
    services,
    timeouts,
    tunables,
    kernel: kernelRules(options.kernel),
    engines: options.persistenceEngines ?? PERSISTENCE_ENGINES,
    timerLatenessMs: options.timerLatenessMs ?? 0,
    advance,
    clientReceived: (key) => ownClients.connectionOpened(key),
  });
  observe(table, sync, tracking);
  return { sync, tracking };
}

function observe(
  table: ConnectionTable,
  sync: SyncPart | undefined,
  tracking: TrackingPart | undefined,
): void {
  if (tracking === undefined) {
    if (sync !== undefined) table.observer = sync;
    return;
  }
  table.observer = {
    connectionRemoved: (slot) => {
      tracking.connectionRemoved(slot);
      sync?.connectionRemoved(slot);
    },
    templateRearmed: (slot) => sync?.templateRearmed(slot),
  };
}
