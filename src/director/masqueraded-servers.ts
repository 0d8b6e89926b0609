/**
 * Whether a packet comes from a masqueraded real server, for `nat_icmp_send`.
 */
import { IpAddress } from '../ip-address.js';
import type { Service } from '../services/service.js';
import type { ServiceTable } from '../services/service-table.js';
import type { Packet } from '../wire/packet.js';

/** Finds masqueraded servers by the source of a packet. */
export class MasqueradedServers {
  private readonly services: ServiceTable;

  /** @param services - The services; each call visits all of them. */
  constructor(services: ServiceTable) {
    this.services = services;
  }

  /**
   * Whether the packet's source address and port are those of a masqueraded server.
   *
   * @param packet - A TCP, UDP or SCTP packet.
   * @returns `true` when a service of its protocol, or one with a mark, has this server.
   */
  has(packet: Packet): boolean {
    const address = IpAddress.fromBytes(packet.family, packet.bytes, packet.sourceOffset);
    const port = packet.sourcePort;
    for (const service of this.services) {
      if (!concerns(service, packet)) continue;
      if (service.servers.get({ address, port })?.forwardingMethod === 'masquerading') return true;
    }
    return false;
  }
}

function concerns(service: Service, packet: Packet): boolean {
  if (service.family !== packet.family) return false;
  return service.fwmark !== 0 || service.protocolNumber === packet.protocol;
}
