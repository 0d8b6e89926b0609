/**
 * Seeded loads on a director, and measures of what its schedulers make of them: fairness, smoothness,
 * and what moves when a server leaves. Fleets of directors behind a router, and which connections break when
 * something changes.
 *
 * Repeatable: the same director, seed and options give the same result on every platform.
 *
 * @packageDocumentation
 */
export { createWorkload, type Workload, type WorkloadOptions } from './workload.js';
export * from './run.js';
export { type LoadedService, type ServerLoad, ServiceRun } from './service-run.js';
export { portsOf } from './usual-ports.js';
export * from './fairness.js';
export * from './disruption.js';
export {
  checkFleet,
  simulateFleet,
  type EcmpOptions,
  type FleetOptions,
} from './fleet/simulate-fleet.js';
export { drawFleetTimeline, type TimelineOptions } from './fleet/timeline.js';
export {
  describeFleetEvent,
  FLEET_EVENTS,
  type FleetAddDirectorEvent,
  type FleetAddServerEvent,
  type FleetDirectorEvent,
  type FleetEvent,
  type FleetEventKind,
  type FleetServerEvent,
  type FleetSyncLossEvent,
  parseFleetEvent,
} from './fleet/fleet-event.js';
export * from './fleet/fleet-result.js';
export type { FleetDirectorOptions, MakeDirector } from './fleet/fleet-members.js';
export type { FleetLoad, FleetServerLoad } from './fleet/fleet-servers.js';
export { ECMP_HASHES, type EcmpHash } from './fleet/ecmp-hash.js';
export { ECMP_TABLES, type EcmpTableKind } from './fleet/ecmp-table.js';
export type { ServiceName } from '../services/service-key.js';
