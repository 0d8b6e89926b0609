/**
 * The Linux Virtual Server as a library.
 *
 * @packageDocumentation
 */
export type { ErrorCode } from './errors.js';
export type { SavedState } from './state-format.js';
export { ERROR_CODES, IpvsError, isIpvsError } from './errors.js';
export * from './clock.js';
export * from './random.js';
export { type CancelTimer, ManualTimers, systemTimers, type Timers } from './timers.js';
export type { AddressWords } from './address-words.js';
export * from './ip-address.js';
export type { Protocol } from './protocols.js';
export { createFlow, type Flow, type FlowOptions } from './model/flow.js';
export {
  createTunnel,
  FORWARDING_METHODS,
  type ForwardingMethod,
  type Tunnel,
  type TunnelChecksum,
  type TunnelType,
} from './model/forwarding-method.js';
export {
  KERNEL_CHANGES,
  KERNEL_RELEASES,
  type KernelChange,
  type KernelLine,
  type KernelRelease,
  type KernelRuleName,
  type KernelRules,
  kernelRules,
  NEWEST_KERNEL,
} from './model/kernel-profile.js';
export type { RealServer } from './model/real-server.js';
export { isUsable } from './model/real-server.js';
export * from './model/server-list.js';
export type { ServerListObserver } from './model/server-list-observer.js';
export type { ServerListState, ServerState } from './model/server-list-state.js';
export type { ServerAddress, ServerOptions, ServerSettings } from './model/server-settings.js';
export type { ServerAddressLike } from './model/server-address.js';
export type { Leaving, Replacement, ReplaceOptions } from './model/server-replacement.js';
export type { Described, DisposableLike } from './platform-methods.js';
export * from './schedulers/index.js';
export * from './services/virtual-service.js';
export type {
  VirtualServiceEnvironment,
  VirtualServiceOptions,
  VirtualServiceSettings,
  VirtualServiceState,
} from './services/virtual-service-options.js';
export { ServiceConnection } from './services/service-connection.js';
export {
  type Client,
  type ClientAddress,
  type ClientSocket,
  type ConnectOptions,
  type Refusal,
  REFUSALS,
} from './services/client.js';
export type { DrainOptions, DrainSignal } from './services/draining.js';
export type { OutlierDetectionOptions } from './services/outlier-detection.js';
export type { VirtualServiceObserver } from './services/virtual-service-observer.js';
export type {
  Netmask,
  Netmasks,
  NetmaskTexts,
  PersistenceOptions,
} from './services/persistence-settings.js';
export type { ServiceAddress, ServiceMark, ServiceName } from './services/service-key.js';
