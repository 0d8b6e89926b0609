/**
 * The look-ups: *in* (by client and virtual endpoint), *out* (by client and server endpoint), and
 * *template*.
 *
 * All go through the client's entries in the index, newest first, and return the newest entry that matches. An entry
 * without client port is found by a second *in* look-up with port 0, made only while there are any.
 * Cost: see {@link ClientIndex}; no allocation.
 */
import {
  BINDING,
  BINDING_BITS,
  CLIENT,
  META,
  META_IPV6,
  PORTS,
  PROTOCOL_SHIFT,
  VIRTUAL,
} from './entries/record.js';
import { PORT_AS_VIRTUAL } from './entries/destinations.js';
import { ClientHash } from './client-index/client-hash.js';
import { ClientIndex } from './client-index/client-index.js';
import { ConnectionKey, keyBits } from './connection-key.js';
import { EntryWalk } from './entry-walk.js';
import { FLAG_NO_CLIENT_PORT, FLAG_TEMPLATE, METHOD_BITS } from './entries/flags.js';
import type { RandomSource } from '../random.js';

const NONE = -1;

/** An {@link EntryWalk} that can find entries. */
export class ConnectionLookup extends EntryWalk {
  /** How many entries have no client port yet. */
  protected withoutClientPort = 0;
  /** The index; for the rules of this folder only. @internal */
  readonly index: ClientIndex;
  private readonly hash: ClientHash;
  private readonly scratch = new ConnectionKey();

  /** @param random - Draws the hash function. */
  constructor(random: RandomSource) {
    super();
    this.hash = new ClientHash(random);
    this.index = new ClientIndex(this.store, this.hash);
  }

  /**
   * Finds a connection by a packet of its client, IPv4.
   *
   * @param protocol - The protocol's number.
   * @param clientAddress - The client's address, signed or unsigned.
   * @param clientPort - The client's port.
   * @param virtualAddress - The packet's destination.
   * @param virtualPort - Its port.
   * @returns A slot, or −1.
   */
  findIn4(
    protocol: number,
    clientAddress: number,
    clientPort: number,
    virtualAddress: number,
    virtualPort: number,
  ): number {
    const ports = (clientPort << 16) | virtualPort;
    const slot = this.index.find4(protocol, clientAddress, virtualAddress, ports);
    if (slot !== NONE || this.withoutClientPort === 0) return slot;
    return this.findWithoutPort4(protocol, clientAddress, virtualAddress, virtualPort);
  }

  /**
   * Finds a connection that has a client port by the words of a packet of its client, IPv4.
   *
   * @param protocol - The protocol's number.
   * @param client - The client's address, signed.
   * @param virtual - The packet's destination, signed.
   * @param ports - Both ports as one word, signed, the client's in the high half.
   * @returns A slot, or −1.
   */
  findWords4(protocol: number, client: number, virtual: number, ports: number): number {
    return this.index.find4(protocol, client, virtual, ports);
  }

  /**
   * Finds a connection by a packet of its server's side, IPv4.
   *
   * @param protocol - The protocol's number.
   * @param clientAddress - The packet's destination.
   * @param clientPort - Its port.
   * @param serverAddress - The packet's source.
   * @param serverPort - Its port.
   * @returns A slot, or −1.
   */
  findOut4(
    protocol: number,
    clientAddress: number,
    clientPort: number,
    serverAddress: number,
    serverPort: number,
  ): number {
    return this.findOut(
      this.scratch.set4(protocol, clientAddress, clientPort, serverAddress, serverPort),
    );
  }

  /**
   * Finds a connection by a packet of its client.
   *
   * @param key - Protocol, client and virtual endpoint.
   * @returns A slot, or −1.
   */
  findIn(key: ConnectionKey): number {
    const slot = this.findKey(key);
    if (slot !== NONE || this.withoutClientPort === 0) return slot;
    const port = key.clientPort;
    key.clientPort = 0;
    const second = this.findWithoutPort(key);
    key.clientPort = port;
    return second;
  }

  /**
   * Finds a connection by a packet of its server's side: its destination must be the client, its source
   * the server for a masquerading connection, the virtual endpoint for every other method.
   *
   * @param key - Protocol and client; the packet's source stands in the place of the virtual endpoint.
   * @returns A slot, or −1.
   */
  findOut(key: ConnectionKey): number {
    const hash = this.hashOfKey(key);
    const index = this.index;
    for (let slot = index.first(hash, key.client3); slot !== NONE; slot = index.next()) {
      if (this.matchesOut(slot, key)) return slot;
    }
    return NONE;
  }

  /**
   * Finds a persistence template.
   *
   * @param key - The template's key; its client port has to be 0.
   * @returns A slot, or −1.
   */
  findTemplate(key: ConnectionKey): number {
    return this.search(key, metaOf(key) | FLAG_TEMPLATE, 0);
  }

  /** Whether an entry is the IPv4 connection of these words. @internal */
  isConnection4(
    slot: number,
    protocol: number,
    client: number,
    virtual: number,
    ports: number,
  ): boolean {
    return this.index.links.differs4(slot, protocol, client, virtual, ports) === 0;
  }

  /** The hash of an IPv4 client. @internal */
  hash4(protocol: number, address: number, port: number): number {
    return this.hash.hash4(protocol, address, port);
  }

  /** The hash of a key's client. @internal */
  protected hashOfKey(key: ConnectionKey): number {
    const hash = this.hash.hash4(key.protocol, key.client3, key.clientPort);
    if (key.family === 4) return hash;
    return hash ^ this.hash.words(key.client0, key.client1, key.client2);
  }

  /** Apart from {@link ConnectionLookup.findIn4}, so that this one stays short. */
  private findWithoutPort4(
    protocol: number,
    clientAddress: number,
    virtualAddress: number,
    virtualPort: number,
  ): number {
    const { scratch } = this;
    return this.findWithoutPort(
      scratch.set4(protocol, clientAddress, 0, virtualAddress, virtualPort),
    );
  }

  private findWithoutPort(key: ConnectionKey): number {
    return this.search(key, metaOf(key), FLAG_NO_CLIENT_PORT);
  }

  /** Finds the newest connection with a key; one without client port only when the key has none. */
  private findKey(key: ConnectionKey): number {
    if (key.family === 6) return this.search(key, metaOf(key), 0);
    const ports = (key.clientPort << 16) | key.virtualPort;
    return this.index.find4(key.protocol, key.client3, key.virtual3, ports);
  }

  /** Finds the newest entry with a key, certain bits of META, and all of some flags. */
  private search(key: ConnectionKey, bits: number, flags: number): number {
    const { index } = this;
    const hash = this.hashOfKey(key);
    const ports = (key.clientPort << 16) | key.virtualPort;
    for (let slot = index.first(hash, key.client3); slot !== NONE; slot = index.next()) {
      const meta = this.word(slot, META);
      if (keyBits(meta) !== bits || (meta & flags) !== flags) continue;
      if (this.word(slot, PORTS) !== ports || !this.isClient(slot, key)) continue;
      if (this.isVirtual(slot, key)) return slot;
    }
    return NONE;
  }

  private matchesOut(slot: number, key: ConnectionKey): boolean {
    const meta = this.word(slot, META);
    if (keyBits(meta) !== metaOf(key)) return false;
    if (this.word(slot, PORTS) >>> 16 !== key.clientPort || !this.isClient(slot, key)) return false;
    if ((meta & METHOD_BITS) === 0) return this.isServer(slot, key);
    return (this.word(slot, PORTS) & 0xffff) === key.virtualPort && this.isVirtual(slot, key);
  }

  private isClient(slot: number, key: ConnectionKey): boolean {
    if (this.word(slot, CLIENT) !== key.client3) return false;
    if (key.family === 4) return true;
    const wide = this.store.wideOf(slot);
    const at = this.store.wideOffsetOf(slot);
    return wide[at + 2] === key.client2 && wide[at + 1] === key.client1 && wide[at] === key.client0;
  }

  private isVirtual(slot: number, key: ConnectionKey): boolean {
    if (this.word(slot, VIRTUAL) !== key.virtual3) return false;
    if (key.family === 4) return true;
    const wide = this.store.wideOf(slot);
    const at = this.store.wideOffsetOf(slot) + 3;
    return (
      wide[at + 2] === key.virtual2 && wide[at + 1] === key.virtual1 && wide[at] === key.virtual0
    );
  }

  private isServer(slot: number, key: ConnectionKey): boolean {
    const row = this.word(slot, BINDING) & BINDING_BITS;
    const port = this.bindings.ports[row];
    const address = this.bindings.addresses[row];
    return (
      (port === PORT_AS_VIRTUAL ? this.word(slot, PORTS) & 0xffff : port) === key.virtualPort &&
      address.word3 === key.virtual3 &&
      address.family === key.family &&
      (key.family === 4 ||
        (address.word2 === key.virtual2 &&
          address.word1 === key.virtual1 &&
          address.word0 === key.virtual0))
    );
  }
}

function metaOf(key: ConnectionKey): number {
  return (key.protocol << PROTOCOL_SHIFT) | (key.family === 4 ? 0 : META_IPV6);
}
