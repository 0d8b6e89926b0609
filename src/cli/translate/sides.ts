/**
 * What the addresses of a captured packet say about where it comes from.
 *
 * To a virtual address: from a client. From a real server: from the servers' side. From a virtual address, or
 * to a real server: see `origin.ts`. Anything else: from a client.
 */
import type { Director } from '../../director/index.js';
import { isLoopback } from '../../address-words.js';
import type { Packet } from '../../wire/index.js';
import { AddressIndex } from './address-index.js';

/** What the addresses say. */
export type Place = 'to-virtual' | 'from-server' | 'from-virtual' | 'to-server' | 'elsewhere';

/** Knows the addresses of a director's services and servers. */
export class Sides {
  private readonly virtual = new AddressIndex<true>();
  private readonly servers = new AddressIndex<true>();
  private readonly own = new AddressIndex<true>();

  /** @param director - Whose services count. */
  constructor(director: Director) {
    for (const address of director.addresses) this.own.set(address, true);
    for (const service of director.services) {
      if (service.fwmark === 0) this.virtual.set(service.address, true);
      for (const { address } of service.servers) this.servers.set(address, true);
    }
  }

  /**
   * Whether the director's host sent a packet, by its source.
   *
   * @param packet - The packet.
   * @returns `true` for an address of the host, or a loopback address.
   */
  isOwnSource(packet: Packet): boolean {
    return this.own.has(packet, packet.sourceOffset) || isLoopback(packet.source);
  }

  /**
   * What the addresses of a packet say.
   *
   * @param packet - The packet.
   * @returns Where it is on its way.
   */
  placeOf(packet: Packet): Place {
    const { virtual, servers } = this;
    if (virtual.has(packet, packet.destinationOffset)) return 'to-virtual';
    if (servers.has(packet, packet.sourceOffset)) return 'from-server';
    if (virtual.has(packet, packet.sourceOffset)) return 'from-virtual';
    return servers.has(packet, packet.destinationOffset) ? 'to-server' : 'elsewhere';
  }
}
