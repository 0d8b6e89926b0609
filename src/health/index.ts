/**
 * Health checking: probes the real servers of a list, and keeps those that are down out of service.
 *
 * @packageDocumentation
 */
export * from './health-change.js';
export * from './health-checker.js';
export type { HealthCheckerOptions } from './health-options.js';
export { DOWN_ACTIONS, type DownAction, type ServerEditor } from './list-table.js';
export type { HealthCounterState } from './machine/check-cycle.js';
export type { AbortSignalLike, Probe, ProbeSignal } from './probe.js';
export * from './quorum-change.js';
export type { ServerHealth, WatchedServerState } from './watched-server.js';
