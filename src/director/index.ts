/**
 * The director: packets in, verdicts and packets out, and its administration.
 *
 * @packageDocumentation
 */
export * from './administration.js';
export type { AdministrationState, SyncDaemonState } from './administration-state.js';
export type { FtpOptions } from './ftp-options.js';
export type { FreeMemory } from './defenses.js';
export { Director } from './director.js';
export type { DirectorOptions } from './director-options.js';
export type { DirectorState } from './director-state.js';
export type { DefensesState } from './defenses.js';
export type { HousekeepingState } from './housekeeping.js';
export type { PathStates } from './next-hop.js';
export { HostAddresses } from './host-addresses.js';
export type { HostOptions, HostInterfaceOptions, LocalPrefix } from './host.js';
export type { ListedConnection } from '../ipvsadm/listed-connection.js';
export type { PacketBatch } from './packet-batch.js';
export { type Departure, Verdict } from './verdict.js';
export { ESTIMATION_INTERVAL_MS } from '../statistics/tick-times.js';
export type { Network } from './allowed-server-addresses.js';
export * from '../statistics/statistics-registry.js';
export * from '../statistics/statistics.js';
export * from './sync-daemons.js';
export type { SyncDaemon, SyncRole } from '../sync/sync-daemon.js';
export * from './tunables.js';
export type { Action } from '../forwarding/action.js';
export * from './reasons.js';
