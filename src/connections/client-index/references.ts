/**
 * What the client index notes of an entry: its link.
 *
 * A link is a slot number plus 1, and six bits with the number of the entry's virtual endpoint, 0 = none. An IPv4
 * connection gets a number when the place in the index tells its client exactly; then its record need
 * not be read to know it. Everything else is told by its record.
 */
import type { ClientHash } from './client-hash.js';
import { keyBits } from '../connection-key.js';
import { EndpointNumbers, MOST_NUMBERS, NUMBER_BITS } from './endpoint-ids.js';
import type { EntryStore } from '../entries/entry-store.js';
import { FLAG_TEMPLATE } from '../entries/flags.js';
import {
  CLIENT,
  META,
  META_IPV6,
  PORTS,
  PROTOCOL_BITS,
  PROTOCOL_SHIFT,
  VIRTUAL,
} from '../entries/record.js';

/** The entry of a link; −1 when the link is 0. */
export function slotOf(link: number): number {
  return (link >>> NUMBER_BITS) - 1;
}

/** Makes links and tells what they stand for. */
export class EntryLinks {
  private readonly store: EntryStore;
  private readonly hash: ClientHash;
  /** The numbers that links have; for the index only. @internal */
  readonly endpoints: EndpointNumbers = new EndpointNumbers();

  /** Made by an index. @internal */
  constructor(store: EntryStore, hash: ClientHash) {
    this.store = store;
    this.hash = hash;
  }

  /** The link of an entry; `exact` says whether its place tells its client exactly. */
  make(slot: number, exact: boolean): number {
    const link = (slot + 1) << NUMBER_BITS;
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const meta = records[offset + META];
    if (!exact || (meta & (META_IPV6 | FLAG_TEMPLATE)) !== 0) return link;
    const port = records[offset + PORTS] & 0xffff;
    return link | this.endpoints.take(protocolOf(meta), records[offset + VIRTUAL], port);
  }

  /** Takes a link back that is no longer in the index. */
  release(link: number): void {
    const number = link & MOST_NUMBERS;
    if (number !== 0) this.endpoints.release(number);
  }

  /** Whether a link tells its entry without the record. */
  isNumbered(link: number): boolean {
    return (link & MOST_NUMBERS) !== 0;
  }

  /** Whether a link at a place of a client is that of an IPv4 connection of this client with these words. */
  is4(link: number, protocol: number, client: number, virtual: number, ports: number): boolean {
    return (
      this.endpoints.isOf(link, protocol, virtual, ports) ||
      this.isByRecord4(link, protocol, client, virtual, ports)
    );
  }

  /** {@link EntryLinks.is4} as the record tells it, whether or not the link has a number. */
  isByRecord4(
    link: number,
    protocol: number,
    client: number,
    virtual: number,
    ports: number,
  ): boolean {
    return link !== 0 && this.differs4(slotOf(link), protocol, client, virtual, ports) === 0;
  }

  /** In which bits an entry's record differs from that of an IPv4 connection with these words; 0 = it is that one. */
  differs4(slot: number, protocol: number, client: number, virtual: number, ports: number): number {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    // One comparison instead of four: each that waits for memory keeps what follows it waiting.
    return (
      (records[offset + CLIENT] ^ client) |
      (records[offset + VIRTUAL] ^ virtual) |
      (records[offset + PORTS] ^ ports) |
      (keyBits(records[offset + META]) ^ (protocol << PROTOCOL_SHIFT))
    );
  }

  /** The hash of the client of a link with this fingerprint in this group. */
  hashOfLink(link: number, fingerprint: number, group: number): number {
    const number = link & MOST_NUMBERS;
    if (number === 0) return this.hashOf(slotOf(link));
    return this.hash.hashOfFingerprint(this.endpoints.protocolOf(number), fingerprint, group);
  }

  /** The fingerprint of the client of an entry, of which the hash is at hand. */
  fingerprintOf(slot: number, hash: number): number {
    const client = this.store.recordsOf(slot)[this.store.offsetOf(slot) + CLIENT];
    return this.hash.fingerprint(hash, client);
  }

  /** The hash of the client of an entry. */
  hashOf(slot: number): number {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const meta = records[offset + META];
    const port = records[offset + PORTS] >>> 16;
    const hash = this.hash.hash4(protocolOf(meta), records[offset + CLIENT], port);
    if ((meta & META_IPV6) === 0) return hash;
    return hash ^ this.hash.wide(this.store.wideOf(slot), this.store.wideOffsetOf(slot));
  }
}

function protocolOf(meta: number): number {
  return (meta & PROTOCOL_BITS) >>> PROTOCOL_SHIFT;
}
