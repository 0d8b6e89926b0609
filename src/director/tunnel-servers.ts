/**
 * Finds the real server of a tunnel packet quoted in an ICMP error, by address and kind of tunnel.
 */
import type { TunnelLookup } from '../forwarding/tunnel-errors.js';
import type { ServiceTable } from '../services/service-table.js';

/** Finds real servers by address and kind of tunnel. */
export class TunnelServers {
  /** Whether an IPv4 server is reached by a kind of tunnel. */
  readonly has: TunnelLookup;

  /** @param services - The services; each call visits all of them. */
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
