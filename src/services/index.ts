/**
 * Virtual services: for people with sockets, and the parts that directors are made of.
 *
 * @packageDocumentation
 */
export * from './virtual-service.js';
export type {
  VirtualServiceEnvironment,
  VirtualServiceOptions,
  VirtualServiceSettings,
  VirtualServiceState,
} from './virtual-service-options.js';
export { ServiceConnection } from './service-connection.js';
export {
  type Client,
  type ClientAddress,
  type ClientSocket,
  type ConnectOptions,
  type Refusal,
  REFUSALS,
} from './client.js';
export type { DrainOptions, DrainSignal } from './draining.js';
export type { OutlierDetectionOptions } from './outlier-detection.js';
export type { OutlierState, RampState } from './passing-over-state.js';
export type { VirtualServiceObserver } from './virtual-service-observer.js';
export type { DeletedServices, DeletedServicesState } from './deleted-services.js';
export * from './service.js';
export * from './service-key.js';
export * from './service-table.js';
export * from './persistence-settings.js';
export * from './scheduler-registry.js';
