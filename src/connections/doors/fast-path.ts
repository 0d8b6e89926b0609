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
import type { RecentEntries } from '../client-index/recent-entries.js';
import { type Destinations, PORT_AS_VIRTUAL } from '../entries/destinations.js';
import type { Entries } from '../entries/entries.js';
import type { EntryStore } from '../entries/entry-store.js';
import { FLAG_BITS, FLAG_HELPED, KEY_BITS, METHOD_BITS } from '../entries/flags.js';
import {
  CLIENT,
  DESTINATION,
  DESTINATION_BITS,
  META,
  META_IPV6,
  PORTS,
  PROTOCOL_SHIFT,
  VIRTUAL,
} from '../entries/record.js';

const NONE = -1;
/** By how much a route is shifted to the bits of the method, which are as in the flags of an entry. */
export const METHOD_SHIFT = 18;
/** The bits of a route that are the number of the destination. */
export const DESTINATION_OF_ROUTE: number = (1 << METHOD_SHIFT) - 1;

/** Receives the virtual and the server endpoint of an entry. */
export interface ConnectionEnds {
  /** The virtual address. */
  readonly virtual: AddressBuffer;
  /** The virtual port. */
  virtualPort: number;
  /** Receives the server's address and the entry's server-side port. */
  setServer(address: IpAddress, port: number): void;
}

/** Entries as the fast path reads them. */
export class FastPath {
  /** The records; of use to `block-prefetch.ts` only. */
  readonly store: EntryStore;
  /** The index, likewise. */
  readonly index: ClientIndex;
  private readonly destinations: Destinations;
  private readonly recent: RecentEntries;

  /** Made by a table. @internal */
  constructor(entries: Entries, index: ClientIndex) {
    this.store = entries.store;
    this.destinations = entries.destinations;
    this.index = index;
    this.recent = index.recent;
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
    const slot = this.index.find4(protocol, client, virtual, ports);
    if (slot >= 0) this.recent.remember(client, ports, slot);
    return slot;
  }

  /**
   * The connection that {@link FastPath.find4} found last for a client, or another entry.
   *
   * @param client - The client's address, signed.
   * @param ports - Both ports as one word, as for `find4`.
   * @returns A slot for {@link FastPath.routeOf4}, or −1.
   */
  recent4(client: number, ports: number): number {
    return this.recent.candidate(client, ports);
  }

  /**
   * The route of an entry, from a prefetch or from {@link FastPath.recent4}, if it is the connection of a client's
   * packet; parameters as for {@link FastPath.find4}.
   *
   * @returns As {@link FastPath.routeOf} gives it; −1 when it is another entry.
   */
  routeOf4(slot: number, protocol: number, client: number, virtual: number, ports: number): number {
    const records = this.store.recordsOf(slot);
    const at = this.store.offsetOf(slot);
    const meta = records[at + META];
    // One comparison instead of four: each branch on a cache miss delays what follows it.
    const differs =
      (records[at + CLIENT] ^ client) |
      (records[at + VIRTUAL] ^ virtual) |
      (records[at + PORTS] ^ ports) |
      ((meta & KEY_BITS) ^ (protocol << PROTOCOL_SHIFT));
    if (differs !== 0) return NONE;
    const method = meta & (METHOD_BITS | FLAG_HELPED);
    return (method << METHOD_SHIFT) | (records[at + DESTINATION] & DESTINATION_BITS);
  }

  /**
   * The forwarding method and the destination of an entry, in one number: see {@link METHOD_SHIFT} and
   * {@link DESTINATION_OF_ROUTE}. An entry with a helper has no method here.
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
