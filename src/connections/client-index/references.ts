/**
 * References: what a slot of the client index stores of an entry.
 *
 * A reference is the entry's slot number plus 1, and six bits for the id of its virtual endpoint, 0 = none. An IPv4
 * connection gets an id while there are any, unless the index is small. Where its position in the index identifies its
 * client exactly, a look-up then does not read its record. The record decides for all other entries.
 */
import type { EntryStore } from '../entries/entry-store.js';
import { FLAG_TEMPLATE, keyBits } from '../entries/flags.js';
import {
  CLIENT,
  META,
  META_IPV6,
  PORTS,
  PROTOCOL_BITS,
  PROTOCOL_SHIFT,
  VIRTUAL,
} from '../entries/record.js';
import type { ClientHash } from './client-hash.js';
import type { RecentEntries } from './recent-entries.js';
import { ENDPOINT_ID_BITS, EndpointIds, MAX_ENDPOINT_ID } from './endpoint-ids.js';

const NONE = -1;

/** The key of an IPv6 connection, as a `ConnectionKey` has it: addresses in four words each, signed. */
export interface WideKey {
  readonly protocol: number;
  readonly client0: number;
  readonly client1: number;
  readonly client2: number;
  readonly client3: number;
  readonly clientPort: number;
  readonly virtual0: number;
  readonly virtual1: number;
  readonly virtual2: number;
  readonly virtual3: number;
  readonly virtualPort: number;
}

/** The entry of a reference; −1 when the reference is 0. */
export function slotOf(reference: number): number {
  return (reference >>> ENDPOINT_ID_BITS) - 1;
}

/** Makes references and compares them with keys. */
export class References {
  /** The ids in references. */
  readonly endpoints: EndpointIds = new EndpointIds();
  /** Whether the index is large, so that new references get ids: a small one has no use for them. */
  isLarge = false;
  /** Stored, so that the engine does not remove the reads. */
  protected prefetched = 0;
  private readonly store: EntryStore;
  private readonly hash: ClientHash;
  /** Whether the position of an IPv4 connection identifies its client exactly. */
  private isExact = false;

  /**
   * @param store - The records.
   * @param hash - The hash function of clients.
   */
  constructor(store: EntryStore, hash: ClientHash) {
    this.store = store;
    this.hash = hash;
  }

  /** Forgets the candidate of an entry's client, which is older than the entry. */
  forgetIn(recent: RecentEntries, slot: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    recent.remember(records[offset + CLIENT], records[offset + PORTS], NONE);
  }

  /** The reference of an entry. */
  make(slot: number): number {
    const reference = (slot + 1) << ENDPOINT_ID_BITS;
    if (!this.isLarge) return reference;
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const meta = records[offset + META];
    if ((meta & (META_IPV6 | FLAG_TEMPLATE)) !== 0) return reference;
    const port = records[offset + PORTS] & 0xffff;
    return reference | this.endpoints.take(protocolOf(meta), records[offset + VIRTUAL], port);
  }

  /** Takes back a reference that is no longer in the index. */
  release(reference: number): void {
    const id = reference & MAX_ENDPOINT_ID;
    if (id !== 0) this.endpoints.release(id);
  }

  /** From now on positions are those of an index that identifies clients exactly. */
  becomeExact(): void {
    this.isExact = true;
    this.endpoints.show();
  }

  /** Whether a reference identifies its entry without the record. */
  identifies(reference: number): boolean {
    return this.isExact && (reference & MAX_ENDPOINT_ID) !== 0;
  }

  /** Whether a reference is of an IPv4 connection with these words: by its id, or by the record. */
  is4(
    reference: number,
    protocol: number,
    client: number,
    virtual: number,
    ports: number,
  ): boolean {
    return (
      this.endpoints.isOf(reference, protocol, virtual, ports) ||
      (reference !== 0 && this.differs4(slotOf(reference), protocol, client, virtual, ports) === 0)
    );
  }

  /** The bits in which a record differs from that of an IPv4 connection with these words; 0 = it is that one. */
  differs4(slot: number, protocol: number, client: number, virtual: number, ports: number): number {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    // One comparison instead of four: each branch on a cache miss delays what follows it.
    return (
      (records[offset + CLIENT] ^ client) |
      (records[offset + VIRTUAL] ^ virtual) |
      (records[offset + PORTS] ^ ports) |
      (keyBits(records[offset + META]) ^ (protocol << PROTOCOL_SHIFT))
    );
  }

  /** The bits in which a record differs from that of an IPv6 connection with a key; 0 = it is that one. */
  differs6(slot: number, key: WideKey): number {
    const ports = (key.clientPort << 16) | key.virtualPort;
    const meta = (key.protocol << PROTOCOL_SHIFT) | META_IPV6;
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const differs =
      (records[offset + CLIENT] ^ key.client3) |
      (records[offset + VIRTUAL] ^ key.virtual3) |
      (records[offset + PORTS] ^ ports) |
      (keyBits(records[offset + META]) ^ meta);
    // An entry of IPv4 has no further words.
    if (differs !== 0) return differs;
    const wide = this.store.wideOf(slot);
    const at = this.store.wideOffsetOf(slot);
    return (
      (wide[at] ^ key.client0) |
      (wide[at + 1] ^ key.client1) |
      (wide[at + 2] ^ key.client2) |
      (wide[at + 3] ^ key.virtual0) |
      (wide[at + 4] ^ key.virtual1) |
      (wide[at + 5] ^ key.virtual2)
    );
  }

  /** The client's hash of a reference with this fingerprint in this bucket. */
  hashOfReference(reference: number, fingerprint: number, bucket: number): number {
    if (!this.identifies(reference)) return this.hashOf(slotOf(reference));
    const protocol = this.endpoints.protocolOf(reference & MAX_ENDPOINT_ID);
    return this.hash.hashOfFingerprint(protocol, fingerprint, bucket);
  }

  /** The fingerprint of an entry's client, whose hash the caller has. */
  fingerprintOf(slot: number, hash: number): number {
    const client = this.store.recordsOf(slot)[this.store.offsetOf(slot) + CLIENT];
    return this.hash.fingerprint(hash, client);
  }

  /** Reads the record of a reference, so that cache misses overlap. */
  prefetch(reference: number): void {
    const slot = slotOf(reference);
    this.prefetched ^= this.store.recordsOf(slot)[this.store.offsetOf(slot) + META];
  }

  /** The hash of an entry's client. */
  hashOf(slot: number): number {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const meta = records[offset + META];
    const port = records[offset + PORTS] >>> 16;
    const hash = this.hash.hash4(protocolOf(meta), records[offset + CLIENT], port);
    return (meta & (META_IPV6 | FLAG_TEMPLATE)) === 0 ? hash : hash ^ this.restOf(slot, meta);
  }

  /** The part of an entry's hash that IPv4 connections do not have. */
  private restOf(slot: number, meta: number): number {
    const { hash, store } = this;
    const isIpv6 = (meta & META_IPV6) !== 0;
    const wide = isIpv6 ? hash.wide(store.wideOf(slot), store.wideOffsetOf(slot)) : 0;
    return (meta & FLAG_TEMPLATE) === 0 ? wide : wide ^ hash.text(store.engineDataOf(slot));
  }
}

function protocolOf(meta: number): number {
  return (meta & PROTOCOL_BITS) >>> PROTOCOL_SHIFT;
}
