/**
 * From which side a captured packet comes: one to a virtual address from a client, one from a real server
 * from the servers' side, anything else from a client.
 */
import type { Director } from '../../director/index.js';
import type { Side } from '../../forwarding/index.js';
import { IpAddress } from '../../ip-address.js';
import type { Packet } from '../../wire/index.js';

/** Tells sides by addresses. */
export class Sides {
  private readonly virtual = new Set<string>();
  private readonly servers = new Set<string>();

  /** @param director - Whose services count. */
  constructor(director: Director) {
    for (const service of director.services) {
      if (service.fwmark === 0) this.virtual.add(service.address.toString());
      for (const { address } of service.servers) this.servers.add(address.toString());
    }
  }

  /**
   * The side from which a packet comes.
   *
   * @param packet - The packet.
   * @returns `'client'` or `'server'`.
   */
  sideOf({ family, bytes, sourceOffset, destinationOffset }: Packet): Side {
    const destination = IpAddress.fromBytes(family, bytes, destinationOffset).toString();
    if (this.virtual.has(destination)) return 'client';
    const source = IpAddress.fromBytes(family, bytes, sourceOffset).toString();
    return this.servers.has(source) ? 'server' : 'client';
  }
}
