/**
 * Look-ups by key: *in* (by client and virtual endpoint), *out* (by client and server endpoint), and *template*.
 *
 * Protocol, addresses, ports and family must all be the same. Each visits the candidate entries of the client in the
 * index, newest first, and returns the newest entry that matches. Cost: see {@link ClientIndex}; no allocation.
 */
import type { ClientIndex } from './client-index/client-index.js';
import { ConnectionKey } from './entries/connection-key.js';
import { PORT_AS_VIRTUAL } from './entries/destinations.js';
import type { Entries } from './entries/entries.js';
import type { EntryStore } from './entries/entry-store.js';
import { FLAG_NO_CLIENT_PORT, FLAG_TEMPLATE, keyBits, METHOD_BITS } from './entries/flags.js';
import { CLIENT, META, META_IPV6, PORTS, PROTOCOL_SHIFT, VIRTUAL } from './entries/record.js';

const NONE = -1;

/** Finds entries. */
export class Lookup {
  private readonly entries: Entries;
  private readonly store: EntryStore;
  private readonly index: ClientIndex;
  /** A key without the client's port. */
  private readonly withoutPort = new ConnectionKey();

  /**
   * @param entries - The entries.
   * @param index - Their index.
   */
  constructor(entries: Entries, index: ClientIndex) {
    this.entries = entries;
    this.store = entries.store;
    this.index = index;
  }

  /** Finds a connection by a packet of its client; −1 if there is none. */
  findIn(key: ConnectionKey): number {
    if (key.family === 6) return this.index.find6(key);
    const ports = (key.clientPort << 16) | key.virtualPort;
    return this.index.find4(key.protocol, key.client3, key.virtual3, ports);
  }

  /** Finds a connection of a packet's client that waits for the client's port; −1 if there is none. */
  findWaiting(key: ConnectionKey): number {
    this.withoutPort.copy(key).clientPort = 0;
    return this.onlyWaiting(this.findIn(this.withoutPort));
  }

  /** {@link findWaiting} for IPv4. */
  findWaiting4(protocol: number, client: number, virtual: number, virtualPort: number): number {
    return this.onlyWaiting(this.index.find4(protocol, client, virtual, virtualPort));
  }

  private onlyWaiting(slot: number): number {
    if (slot === NONE) return NONE;
    return (this.entries.flags(slot) & FLAG_NO_CLIENT_PORT) === 0 ? NONE : slot;
  }

  /** Finds a connection by a packet of its server, whose source is in place of the virtual endpoint; else −1. */
  findOut(key: ConnectionKey): number {
    const { index } = this;
    const hash = this.hashOf(key);
    for (let slot = index.first(hash, key.client3); slot !== NONE; slot = index.next()) {
      if (this.matchesOut(slot, key)) return slot;
    }
    return NONE;
  }

  /** Finds a persistence template, the newest of a key; −1 if there is none. */
  findTemplate(key: ConnectionKey): number {
    const { index, entries } = this;
    const bits = metaOf(key) | FLAG_TEMPLATE;
    const hash = this.hashOf(key) ^ index.hash.text(key.engineData);
    const ports = (key.clientPort << 16) | key.virtualPort;
    for (let slot = index.first(hash, key.client3); slot !== NONE; slot = index.next()) {
      if (keyBits(entries.word(slot, META)) !== bits) continue;
      if (entries.word(slot, PORTS) !== ports || !this.isClient(slot, key)) continue;
      if (this.isVirtual(slot, key) && entries.engineData(slot) === key.engineData) return slot;
    }
    return NONE;
  }

  private hashOf(key: ConnectionKey): number {
    const { hash } = this.index;
    const last = hash.hash4(key.protocol, key.client3, key.clientPort);
    return key.family === 4 ? last : last ^ hash.words(key.client0, key.client1, key.client2);
  }

  private matchesOut(slot: number, key: ConnectionKey): boolean {
    const { entries } = this;
    const meta = entries.word(slot, META);
    const ports = entries.word(slot, PORTS);
    if (keyBits(meta) !== metaOf(key)) return false;
    if (ports >>> 16 !== key.clientPort || !this.isClient(slot, key)) return false;
    if ((meta & METHOD_BITS) === 0) return this.isServer(slot, key);
    return (ports & 0xffff) === key.virtualPort && this.isVirtual(slot, key);
  }

  private isClient(slot: number, key: ConnectionKey): boolean {
    if (this.entries.word(slot, CLIENT) !== key.client3) return false;
    if (key.family === 4) return true;
    const wide = this.store.wideOf(slot);
    const at = this.store.wideOffsetOf(slot);
    return wide[at + 2] === key.client2 && wide[at + 1] === key.client1 && wide[at] === key.client0;
  }

  private isVirtual(slot: number, key: ConnectionKey): boolean {
    if (this.entries.word(slot, VIRTUAL) !== key.virtual3) return false;
    if (key.family === 4) return true;
    const wide = this.store.wideOf(slot);
    const at = this.store.wideOffsetOf(slot) + 3;
    return (
      wide[at + 2] === key.virtual2 && wide[at + 1] === key.virtual1 && wide[at] === key.virtual0
    );
  }

  private isServer(slot: number, key: ConnectionKey): boolean {
    const { entries } = this;
    const { ports, addresses } = entries.destinations;
    const destination = entries.destination(slot);
    const address = addresses[destination];
    const port = ports[destination];
    return (
      (port === PORT_AS_VIRTUAL ? entries.virtualPort(slot) : port) === key.virtualPort &&
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
