/**
 * What the addresses of a captured packet say about where it comes from.
 *
 * To a virtual address: from a client. From a real server: from the servers' side. From a virtual address, or
 * to a real server: see `origin.ts`. Anything else: from a client.
 */
import type { Director } from '../../director/index.js';
import { isLoopback } from '../../address-words.js';
import type { IpAddress } from '../../ip-address.js';
import type { Packet } from '../../wire/index.js';

/** What the addresses say. */
export type Place = 'to-virtual' | 'from-server' | 'from-virtual' | 'to-server' | 'elsewhere';

/** A set of addresses that is asked by their words. */
class AddressSet {
  private readonly words4 = new Set<number>();
  /** By folded address. */
  private readonly members6 = new Map<number, IpAddress[]>();

  add(address: IpAddress): void {
    if (address.family === 4) {
      this.words4.add(address.word3 | 0);
      return;
    }
    const key = address.fold | 0;
    this.members6.set(key, [...(this.members6.get(key) ?? []), address]);
  }

  /** Whether the address at an index of a packet's bytes is a member. */
  has({ family, view }: Packet, at: number): boolean {
    return family === 4 ? this.words4.has(view.getInt32(at)) : this.has6(view, at);
  }

  private has6(view: DataView, at: number): boolean {
    if (this.members6.size === 0) return false;
    const word0 = view.getInt32(at);
    const word1 = view.getInt32(at + 4);
    const word2 = view.getInt32(at + 8);
    const word3 = view.getInt32(at + 12);
    const found = this.members6.get(word0 ^ word1 ^ word2 ^ word3);
    if (found === undefined) return false;
    for (const each of found) {
      if (each.word0 === word0 && each.word1 === word1 && each.word2 === word2) {
        if (each.word3 === word3) return true;
      }
    }
    return false;
  }
}

/** Knows the addresses of a director's services and servers. */
export class Sides {
  private readonly virtual = new AddressSet();
  private readonly servers = new AddressSet();
  private readonly own = new AddressSet();

  /** @param director - Whose services count. */
  constructor(director: Director) {
    for (const address of director.addresses) this.own.add(address);
    for (const service of director.services) {
      if (service.fwmark === 0) this.virtual.add(service.address);
      for (const { address } of service.servers) this.servers.add(address);
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
