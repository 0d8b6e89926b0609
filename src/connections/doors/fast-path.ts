/**
 * The door of the connection table for the director's fast path: what a packet of a known connection needs, read from
 * the records directly. No other member of the table, and no other file, gives access to its memory.
 *
 * A call costs as much as the work here, so entries and destinations are numbers, and nothing is checked: a slot has to
 * be one that a look-up returned, before the table changes. Cost: no allocation.
 */
import type { AddressBuffer } from '../../address-words.js';
import type { IpAddress } from '../../ip-address.js';
import type { RealServer } from '../../model/real-server.js';
import type { ClientIndex } from '../client-index/client-index.js';
import { Prefetch } from '../client-index/prefetch.js';
import type { References } from '../client-index/references.js';
import { type Destinations, PORT_AS_VIRTUAL } from '../entries/destinations.js';
import type { Entries } from '../entries/entries.js';
import type { EntryStore } from '../entries/entry-store.js';
import { FLAG_BITS, FLAG_HELPED, METHOD_BITS } from '../entries/flags.js';
import {
  CLIENT,
  DESTINATION,
  DESTINATION_BITS,
  META,
  META_IPV6,
  METHOD_SHIFT,
  PORTS,
  VIRTUAL,
} from '../entries/record.js';

/** Receives the virtual and the server endpoint of an entry. */
export interface ConnectionEnds {
  /** The virtual address. */
  readonly virtual: AddressBuffer;
  /** The virtual port. */
  virtualPort: number;
  /** Receives the server's address and the entry's server-side port. */
  setServer(address: IpAddress, port: number): void;
}

/** Prefetches the look-ups of blocks of packets; the result of the look-ups stays the same. */
export interface BlockPrefetch {
  /** Sets the client of one packet of the next block: protocol, signed address, port. */
  set(number: number, protocol: number, client: number, port: number): void;
  /** Prefetches the first packets of the block; clients that were not set again keep their values. */
  read(count: number): void;
  /** The candidate entry of a packet, which the caller has to check; −1 when it had none as the block was read. */
  candidate(number: number): number;
}

/** Entries as the fast path reads them. */
export class FastPath {
  private readonly store: EntryStore;
  private readonly destinations: Destinations;
  private readonly index: ClientIndex;
  private readonly references: References;

  /** Made by a table. @internal */
  constructor(entries: Entries, index: ClientIndex) {
    this.store = entries.store;
    this.destinations = entries.destinations;
    this.index = index;
    this.references = index.references;
  }

  /**
   * Finds a connection by a packet of its client, IPv4.
   *
   * @param protocol - The protocol's number.
   * @param client - The client's address, signed.
   * @param virtual - The packet's destination, signed.
   * @param ports - Both ports as one word, signed, the client's in the high half.
   * @returns A slot, or −1.
   */
  find4(protocol: number, client: number, virtual: number, ports: number): number {
    return this.index.find4(protocol, client, virtual, ports);
  }

  /**
   * Whether an entry, from a prefetch, is the connection of a client's packet; parameters as for
   * {@link FastPath.find4}.
   */
  matches4(
    slot: number,
    protocol: number,
    client: number,
    virtual: number,
    ports: number,
  ): boolean {
    return this.references.differs4(slot, protocol, client, virtual, ports) === 0;
  }

  /**
   * A prefetch for the look-ups of blocks of packets.
   *
   * @param size - The greatest number of packets in a block.
   * @returns A new prefetch.
   */
  prefetchOf(size: number): BlockPrefetch {
    return new Prefetch(this.index, this.store, size);
  }

  /**
   * The forwarding method and the destination of an entry, in one number: read them by {@link methodOf} and
   * {@link destinationOf}. An entry with a helper has no method here.
   *
   * @param slot - The entry.
   * @returns The method's bits above those of the destination.
   */
  routeOf(slot: number): number {
    const records = this.store.recordsOf(slot);
    const at = this.store.offsetOf(slot);
    const method = records[at + META] & (METHOD_BITS | FLAG_HELPED);
    return (method << METHOD_SHIFT) | (records[at + DESTINATION] & DESTINATION_BITS);
  }

  /**
   * The destination of an entry: the number that entries with the same server, server-side port and mark share.
   *
   * @param slot - The entry.
   * @returns 0–262143; a number without entries may be used again.
   */
  destinationOf(slot: number): number {
    const word = this.store.recordsOf(slot)[this.store.offsetOf(slot) + DESTINATION];
    return word & DESTINATION_BITS;
  }

  /** The server of a destination; `undefined` when it is an address only. */
  serverOf(destination: number): RealServer | undefined {
    return this.destinations.servers[destination];
  }

  /** The server-side address of a destination. */
  addressOf(destination: number): IpAddress {
    return this.destinations.addresses[destination];
  }

  /** The server-side port of an entry with a destination and a virtual port. */
  portOf(destination: number, virtualPort: number): number {
    const port = this.destinations.ports[destination];
    return port === PORT_AS_VIRTUAL ? virtualPort : port;
  }

  /**
   * Reads the virtual and the server endpoint of an entry.
   *
   * @param slot - The entry.
   * @param ends - Receives them.
   * @returns The entry's flags and forwarding method.
   */
  readEnds(slot: number, ends: ConnectionEnds): number {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const destination = records[offset + DESTINATION] & DESTINATION_BITS;
    const meta = records[offset + META];
    const virtualPort = records[offset + PORTS] & 0xffff;
    ends.setServer(this.addressOf(destination), this.portOf(destination, virtualPort));
    ends.virtualPort = virtualPort;
    const last = records[offset + VIRTUAL];
    if ((meta & META_IPV6) === 0) ends.virtual.set4(last);
    else this.readVirtual6(slot, last, ends.virtual);
    return meta & FLAG_BITS;
  }

  /**
   * Reads the client's address of an entry.
   *
   * @param slot - The entry.
   * @param client - Receives the address.
   */
  readClient(slot: number, client: AddressBuffer): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const last = records[offset + CLIENT];
    if ((records[offset + META] & META_IPV6) === 0) {
      client.set4(last);
      return;
    }
    const words = this.store.wideOf(slot);
    const at = this.store.wideOffsetOf(slot);
    client.set6(words[at], words[at + 1], words[at + 2], last);
  }

  /** The client's port of an entry. */
  clientPortOf(slot: number): number {
    return this.store.recordsOf(slot)[this.store.offsetOf(slot) + PORTS] >>> 16;
  }

  private readVirtual6(slot: number, last: number, virtual: AddressBuffer): void {
    const words = this.store.wideOf(slot);
    const offset = this.store.wideOffsetOf(slot) + 3;
    virtual.set6(words[offset], words[offset + 1], words[offset + 2], last);
  }
}

/**
 * The forwarding method of a route.
 *
 * @param route - What {@link FastPath.routeOf} returned.
 * @returns The method's bits, as in the flags of an entry.
 */
export function methodOf(route: number): number {
  return route >>> METHOD_SHIFT;
}

/**
 * The destination of a route.
 *
 * @param route - What {@link FastPath.routeOf} returned.
 * @returns The number of the destination.
 */
export function destinationOf(route: number): number {
  return route & DESTINATION_BITS;
}
