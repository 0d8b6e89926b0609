/**
 * For Node: UDP for state synchronization, and channels between processes that share a service.
 *
 * @packageDocumentation
 */
export {
  type UdpTransportOptions,
  type UdpTransportStatistics,
  UdpTransport,
} from './udp-transport.js';
export { UdpChannel, type UdpChannelOptions } from './udp-channel.js';
export { type RelayedWorker, workerChannel, WorkerRelay } from './worker-channel.js';
