/**
 * The index from a client (protocol, address, port) to its entries, newest first.
 *
 * The words of {@link IndexGroups} name the newest entry of each client; older ones, and the entries that
 * found no room in their group, are chained through their records. So many entries of one client take no
 * room from others. The index grows by one group at a time.
 * Cost: one cache line, then one record, per look-up; constant expected time for any set of clients.
 */
import type { EntryStore } from './entry-store.js';
import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  freePlace,
  GROUP_SHIFT,
  homeOf,
  IndexGroups,
  matches,
  NO_CANDIDATE,
  OVERFLOW,
  TAG_BITS,
  TAG_MASK,
  TAG_SHIFT,
} from './index-groups.js';
import { CHAIN, CLIENT, META, META_IPV6, PORTS, PROTOCOL_BITS, VIRTUAL } from './record.js';

/** Entries per ten groups above which the index grows; groups yet to be split are up to twice as full. */
const FILL = 88;
const CLIENT_META = PROTOCOL_BITS | META_IPV6;

/** Computes the hash of an entry from its record. */
export interface EntryHash {
  /**
   * The hash of an entry's client.
   *
   * @param slot - The entry.
   * @returns 32 bits, signed.
   */
  hashOf(slot: number): number;
  /**
   * The hashes of many entries; their records are read in one go, so that memory can be slow only once.
   *
   * @param links - Slot numbers plus 1, negative or positive.
   * @param count - How many there are.
   * @param hashes - Receives the hashes.
   */
  hashMany(links: Int32Array, count: number, hashes: Int32Array): void;
}

/** Finds the entries of a client. */
export class ClientIndex extends IndexGroups {
  /** How many entries are in the index. */
  size = 0;
  private readonly store: EntryStore;
  private readonly hashing: EntryHash;
  private moved = new Int32Array(64);
  private movedHashes = new Int32Array(64);
  private movedCount = 0;

  constructor(store: EntryStore, hashing: EntryHash) {
    super();
    this.store = store;
    this.hashing = hashing;
  }

  /**
   * Finds the newest IPv4 entry whose record has these words.
   *
   * @returns A slot, or −1.
   */
  find4(
    hash: number,
    client: number,
    virtual: number,
    ports: number,
    meta: number,
    mask: number,
  ): number {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const tag = hash >>> TAG_SHIFT;
    const home = words[base + homeOf(hash)];
    if ((home & TAG_MASK) === tag && home !== 0) {
      const slot = (home >>> TAG_BITS) - 1;
      const records = this.store.recordsOf(slot);
      const offset = this.store.offsetOf(slot);
      if (
        records[offset + CLIENT] === client &&
        records[offset + VIRTUAL] === virtual &&
        records[offset + PORTS] === ports &&
        (records[offset + META] & mask) === meta
      ) {
        return slot;
      }
    }
    return this.search4(words, base, tag, client, virtual, ports, meta, mask);
  }

  /** Looks through a whole group; apart from {@link ClientIndex.find4}, so that this one stays short. */
  private search4(
    words: Int32Array,
    base: number,
    tag: number,
    client: number,
    virtual: number,
    ports: number,
    meta: number,
    mask: number,
  ): number {
    for (let place = base; place < base + OVERFLOW; place++) {
      const word = words[place];
      if ((word & TAG_MASK) !== tag) continue;
      const slot = this.walk4(word >>> TAG_BITS, client, virtual, ports, meta, mask);
      if (slot >= 0) return slot;
    }
    return this.walk4(words[base + OVERFLOW], client, virtual, ports, meta, mask);
  }

  /** Puts an entry in, before older ones of the same client. */
  insert(slot: number, hash: number): void {
    this.add(slot, hash);
    this.size++;
    if (this.size * 10 > this.address.count * FILL) this.grow();
  }

  /** Takes an entry out. */
  remove(slot: number, hash: number): void {
    const after = this.chainOf(slot);
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const tag = hash >>> TAG_SHIFT;
    const word = ((slot + 1) << TAG_BITS) | tag;
    let place = base + homeOf(hash);
    if (words[place] !== word) {
      for (place = base; place < base + OVERFLOW && words[place] !== word;) place++;
    }
    this.size--;
    if (place < base + OVERFLOW) words[place] = after === 0 ? 0 : (after << TAG_BITS) | tag;
    else if (words[place] === slot + 1) words[place] = after;
    else this.removeInner(slot, hash, after);
  }

  /** Takes an entry out that is not the first one of its chain. */
  private removeInner(slot: number, hash: number, after: number): void {
    for (let at = this.candidate(hash, 0); at < NO_CANDIDATE; at = this.candidate(hash, at + 1)) {
      for (let link = this.headOf(hash, at); link !== 0; link = this.chainOf(link - 1)) {
        if (this.chainOf(link - 1) !== slot + 1) continue;
        this.setChain(link - 1, after);
        return;
      }
    }
  }

  private walk4(
    head: number,
    client: number,
    virtual: number,
    ports: number,
    meta: number,
    mask: number,
  ): number {
    const { store } = this;
    for (let link = head; link !== 0;) {
      const records = store.recordsOf(link - 1);
      const offset = store.offsetOf(link - 1);
      if (
        records[offset + CLIENT] === client &&
        records[offset + VIRTUAL] === virtual &&
        records[offset + PORTS] === ports &&
        (records[offset + META] & mask) === meta
      ) {
        return link - 1;
      }
      link = records[offset + CHAIN];
    }
    return -1;
  }

  private add(slot: number, hash: number): void {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const tag = hash >>> TAG_SHIFT;
    for (let place = base; place < base + OVERFLOW; place++) {
      const word = words[place];
      if (!matches(word, tag) || !this.sameClient((word >>> TAG_BITS) - 1, slot)) continue;
      this.setChain(slot, word >>> TAG_BITS);
      words[place] = ((slot + 1) << TAG_BITS) | tag;
      return;
    }
    const overflow = words[base + OVERFLOW];
    const place = freePlace(words, base, homeOf(hash));
    const overflows = place === base + OVERFLOW || this.hasClient(overflow, slot);
    this.setChain(slot, overflows ? overflow : 0);
    if (overflows) words[base + OVERFLOW] = slot + 1;
    else words[place] = ((slot + 1) << TAG_BITS) | tag;
  }

  /** Whether an overflow chain holds an entry of the same client as a slot. */
  private hasClient(head: number, slot: number): boolean {
    for (let link = head; link !== 0; link = this.chainOf(link - 1)) {
      if (this.sameClient(link - 1, slot)) return true;
    }
    return false;
  }

  private sameClient(a: number, b: number): boolean {
    const one = this.store.recordsOf(a);
    const other = this.store.recordsOf(b);
    const i = this.store.offsetOf(a);
    const j = this.store.offsetOf(b);
    if (one[i + CLIENT] !== other[j + CLIENT]) return false;
    if (((one[i + PORTS] ^ other[j + PORTS]) & 0xffff0000) !== 0) return false;
    if (((one[i + META] ^ other[j + META]) & CLIENT_META) !== 0) return false;
    return (one[i + META] & META_IPV6) === 0 || this.sameWideClient(a, b);
  }

  private sameWideClient(a: number, b: number): boolean {
    const one = this.store.wideOf(a);
    const other = this.store.wideOf(b);
    const i = this.store.wideOffsetOf(a);
    const j = this.store.wideOffsetOf(b);
    return one[i] === other[j] && one[i + 1] === other[j + 1] && one[i + 2] === other[j + 2];
  }

  /** Adds one group and gives it its share of the entries of another. */
  private grow(): void {
    this.makeRoom(this.address.count);
    this.movedCount = 0;
    this.gather(this.address.splitting);
    this.address.grow();
    const { moved, movedHashes, movedCount, hashing } = this;
    hashing.hashMany(moved, movedCount, movedHashes);
    for (let i = 0; i < movedCount; i++) {
      if (moved[i] > 0) this.move(moved[i] - 1, movedHashes[i]);
      else this.add(-moved[i] - 1, movedHashes[i]);
    }
  }

  /** Empties a group: chains as positive links, overflowed entries, oldest first, as negative ones. */
  private gather(group: number): void {
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    for (let place = base; place < base + OVERFLOW; place++) {
      if (words[place] !== 0) this.note(words[place] >>> TAG_BITS);
      words[place] = 0;
    }
    const start = this.movedCount;
    for (let link = words[base + OVERFLOW]; link !== 0; link = this.chainOf(link - 1)) {
      this.note(-link);
    }
    this.moved.subarray(start, this.movedCount).reverse();
    words[base + OVERFLOW] = 0;
  }

  private note(link: number): void {
    if (this.movedCount === this.moved.length) {
      const larger = new Int32Array(this.movedCount * 2);
      larger.set(this.moved);
      this.moved = larger;
      this.movedHashes = new Int32Array(this.movedCount * 2);
    }
    this.moved[this.movedCount++] = link;
  }

  /** Puts the whole chain that starts at an entry into its new group. */
  private move(slot: number, hash: number): void {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const place = freePlace(words, base, homeOf(hash));
    if (place < base + OVERFLOW) {
      words[place] = ((slot + 1) << TAG_BITS) | (hash >>> TAG_SHIFT);
      return;
    }
    let last = slot;
    while (this.chainOf(last) !== 0) last = this.chainOf(last) - 1;
    this.setChain(last, words[place]);
    words[place] = slot + 1;
  }

  private chainOf(slot: number): number {
    return this.store.recordsOf(slot)[this.store.offsetOf(slot) + CHAIN];
  }

  private setChain(slot: number, link: number): void {
    this.store.recordsOf(slot)[this.store.offsetOf(slot) + CHAIN] = link;
  }
}
