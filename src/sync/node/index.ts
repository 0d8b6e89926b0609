/**
 * UDP for state synchronization, for Node.
 *
 * @packageDocumentation
 */
export {
  type UdpTransportOptions,
  type UdpTransportStatistics,
  UdpTransport,
} from './udp-transport.js';
