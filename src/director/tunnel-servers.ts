/**
 * Which addresses the director tunnels to, and how: what an ICMP error about a tunnel packet is told by.
 */
import type { TunnelLookup } from '../forwarding/tunnel-errors.js';
import type { ServiceTable } from '../services/service-table.js';

/** Finds real servers by address and kind of tunnel. */
export class TunnelServers {
  /** Tells whether an IPv4 server is reached by a kind of tunnel. */
  readonly has: TunnelLookup;

  /** @param services - The services whose servers are meant; they are gone through at each question. */
  constructor(services: ServiceTable) {
    this.has = (address, type, port) => {
      for (const { servers } of services) {
        for (const server of servers) {
          const found =
            server.forwardingMethod === 'tunneling' &&
            server.address.family === 4 &&
            server.address.word3 === address &&
            server.tunnel.type === type &&
            server.tunnel.port === port;
          if (found) return true;
        }
      }
      return false;
    };
  }
}
