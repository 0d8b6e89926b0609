/**
 * Virtual services: for people with sockets, and the parts that directors are made of.
 *
 * @packageDocumentation
 */
export * from './virtual-service.js';
export type {
  Client,
  VirtualServiceEnvironment,
  VirtualServiceOptions,
  VirtualServiceSettings,
  VirtualServiceState,
} from './virtual-service-options.js';
export { ServiceConnection, type ServiceConnectionOwner } from './service-connection.js';
export type { DeletedServices } from './deleted-services.js';
export * from './service.js';
export * from './service-key.js';
export * from './service-table.js';
export * from './persistence-settings.js';
export * from './scheduler-registry.js';
