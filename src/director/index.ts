/**
 * The director: packets in, verdicts and packets out, and its administration.
 *
 * @packageDocumentation
 */
export * from './administration.js';
export type { AdministrationState, SyncDaemonState } from './administration-state.js';
export type { FreeMemory } from './defences.js';
export { Director } from './director.js';
export type { DirectorOptions } from './director-options.js';
export type { DirectorState } from './director-state.js';
export type { DefencesState } from './defences.js';
export type { ScheduleState } from './schedule.js';
export type { PathStates } from './targets.js';
export type { HostOptions, LegOptions, LocalPrefix } from './host.js';
export type { ListedConnection } from './listed-connection.js';
export type { PacketBatch } from './packet-batch.js';
export { type Departure, Verdict } from './packet-verdict.js';
export { ESTIMATION_INTERVAL_MS } from './rate-estimator.js';
export type { Network } from './server-addresses.js';
export * from './statistics-book.js';
export * from './statistics.js';
export * from './sync-daemons.js';
export * from './tunables.js';
export * from './verdict.js';
