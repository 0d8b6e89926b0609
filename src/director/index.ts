/**
 * A whole Linux Virtual Server: packets in, verdicts and packets out.
 *
 * @packageDocumentation
 */
export { Director } from './director.js';
export type { DirectorOptions } from './director-options.js';
export type { Departure, Verdict } from './packet-verdict.js';
export * from './verdict.js';
export type { HostOptions, LegOptions, LocalPrefix } from './host.js';
export { Administration, type AdministrationOptions } from './administration.js';
export type { AdministrationState, SyncDaemonState } from './administration-state.js';
export type { Network } from './server-addresses.js';
export { TUNABLE_NAMES, type TunableName, Tunables, type TunableValues } from './tunables.js';
export type { FreeMemory } from './defences.js';
export { Statistics, type StatisticsState, type Traffic } from './statistics.js';
export { StatisticsBook, type StatisticsBookState } from './statistics-book.js';
export { ESTIMATION_INTERVAL_MS } from './rate-estimator.js';
export type { ListedConnection } from './listed-connection.js';
export type { SyncDaemon, SyncRole } from './sync-daemons.js';
