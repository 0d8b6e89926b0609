/**
 * The index from a client (protocol, address, port) to its entries, newest first.
 *
 * A group is one cache line: fifteen words, each naming the newest entry of one client (slot number plus
 * 1, and six bits of the hash), and a sixteenth word for the entries that found no room. A client's word
 * stands at its home place in the group if that was free. Entries of one client are chained through their
 * records, so many entries of one client take no room from others. Groups are added one at a time as the
 * table grows ({@link GroupAddress}).
 * Cost: one cache line, then one record, per look-up; constant expected time for any set of clients.
 */
import type { EntryStore } from './entry-store.js';
import { GroupAddress } from './group-address.js';
import { CHAIN, CLIENT, META, META_IPV6, PORTS, PROTOCOL_BITS, VIRTUAL } from './record.js';

const GROUP_SHIFT = 4;
const GROUP_WORDS = 1 << GROUP_SHIFT;
/** The place of the overflow chain in a group; before it are the words of fifteen clients. */
const OVERFLOW = GROUP_WORDS - 1;
const CHUNK_SHIFT = 12;
const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
/** Entries per group above which the index grows. */
const FILL = 9;
const TAG_BITS = 6;
const TAG_MASK = (1 << TAG_BITS) - 1;
const TAG_SHIFT = 32 - TAG_BITS;
const CLIENT_META = PROTOCOL_BITS | META_IPV6;
/** What {@link ClientIndex.candidate} gives when there are no more: home, fifteen words, overflow are through. */
export const NO_CANDIDATE: number = GROUP_WORDS + 1;

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
export class ClientIndex {
  /** How many entries are in the index. */
  size = 0;
  private readonly chunks: Int32Array[] = [new Int32Array(2 << GROUP_SHIFT)];
  private readonly address = new GroupAddress();
  private readonly store: EntryStore;
  private readonly hashing: EntryHash;
  private moved = new Int32Array(64);
  private movedHashes = new Int32Array(64);
  private movedCount = 0;

  constructor(store: EntryStore, hashing: EntryHash) {
    this.store = store;
    this.hashing = hashing;
  }

  /** Bytes of all groups. */
  get bytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks) bytes += chunk.byteLength;
    return bytes;
  }

  /** How many groups there are. */
  get groups(): number {
    return this.address.count;
  }

  /**
   * The next chain of entries that may have a hash.
   *
   * @param hash - The hash.
   * @param from - 0 at first; then one more than the last result.
   * @returns A number for {@link ClientIndex.headOf}, or {@link NO_CANDIDATE}.
   */
  candidate(hash: number, from: number): number {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const tag = hash >>> TAG_SHIFT;
    if (from === 0 && matches(words[base + homeOf(hash)], tag)) return 0;
    for (let place = from === 0 ? 0 : from - 1; place < OVERFLOW; place++) {
      if (matches(words[base + place], tag)) return place + 1;
    }
    return from <= GROUP_WORDS && words[base + OVERFLOW] !== 0 ? GROUP_WORDS : NO_CANDIDATE;
  }

  /** The newest entry of a candidate chain: slot number plus 1. */
  headOf(hash: number, candidate: number): number {
    const group = this.address.of(hash);
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const place = candidate === 0 ? homeOf(hash) : candidate - 1;
    const word = this.chunks[group >>> CHUNK_SHIFT][base + place];
    return place === OVERFLOW ? word : word >>> TAG_BITS;
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
    if ((home & TAG_MASK) === tag) {
      const slot = this.walk4(home >>> TAG_BITS, client, virtual, ports, meta, mask);
      if (slot >= 0) return slot;
    }
    for (let place = base; place < base + OVERFLOW; place++) {
      const word = words[place];
      if ((word & TAG_MASK) !== tag) continue;
      const slot = this.walk4(word >>> TAG_BITS, client, virtual, ports, meta, mask);
      if (slot >= 0) return slot;
    }
    return this.walk4(words[base + OVERFLOW], client, virtual, ports, meta, mask);
  }

  /** Reads what a look-up of a hash will read first, so that it is near when the look-up comes. */
  approach(hash: number): number {
    const group = this.address.of(hash);
    return this.chunks[group >>> CHUNK_SHIFT][((group & CHUNK_MASK) << GROUP_SHIFT) + homeOf(hash)];
  }

  /** The entry that a look-up of a hash will most likely find: slot number plus 1, or 0. */
  likely(hash: number): number {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const tag = hash >>> TAG_SHIFT;
    let place = base + homeOf(hash);
    if (!matches(words[place], tag)) {
      place = base;
      while (place < base + OVERFLOW && !matches(words[place], tag)) place++;
    }
    return place === base + OVERFLOW ? words[place] : words[place] >>> TAG_BITS;
  }

  /** Puts an entry in, before older ones of the same client. */
  insert(slot: number, hash: number): void {
    this.add(slot, hash);
    this.size++;
    if (this.size > this.address.count * FILL) this.grow();
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

  /** Adds one group and gives it its share of the entries of two or three others. */
  private grow(): void {
    const { splitting, splittingGroups, stride } = this.address;
    this.makeRoom(this.address.count);
    this.movedCount = 0;
    for (let i = 0; i < splittingGroups; i++) this.gather(splitting + i * stride);
    this.address.grow();
    const { moved, movedHashes, movedCount, hashing } = this;
    hashing.hashMany(moved, movedCount, movedHashes);
    for (let i = 0; i < movedCount; i++) {
      if (moved[i] > 0) this.move(moved[i] - 1, movedHashes[i]);
      else this.add(-moved[i] - 1, movedHashes[i]);
    }
  }

  private makeRoom(group: number): void {
    const chunk = group >>> CHUNK_SHIFT;
    const needed = ((group & CHUNK_MASK) + 1) << GROUP_SHIFT;
    const present = this.chunks[chunk];
    if (present === undefined) {
      this.chunks.push(new Int32Array(GROUP_WORDS << CHUNK_SHIFT));
    } else if (present.length < needed) {
      const larger = new Int32Array(present.length * 2);
      larger.set(present);
      this.chunks[chunk] = larger;
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

function matches(word: number, tag: number): boolean {
  return (word & TAG_MASK) === tag && word !== 0;
}

/** Where in its group a client's word stands if the place is free: 0–14. */
function homeOf(hash: number): number {
  return (((Math.imul(hash, 0x85ebca6b) >>> 16) & 0xff) * OVERFLOW) >>> 8;
}

/** The first free place of a group from a home on, or that of the overflow chain. */
function freePlace(words: Int32Array, base: number, home: number): number {
  if (words[base + home] === 0) return base + home;
  let place = base;
  while (place < base + OVERFLOW && words[place] !== 0) place++;
  return place;
}
