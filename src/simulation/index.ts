/**
 * Seeded loads on a director, and measures of what its schedulers make of them: fairness, smoothness,
 * and what moves when a server leaves.
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
export type { ServiceName } from '../services/service-key.js';
