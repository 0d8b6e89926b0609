/**
 * The index from a client (protocol, address, port) to its entries, newest first.
 *
 * A group is one cache line: up to fifteen words, packed from the front, each naming the newest entry of
 * one client (slot number plus 1, and six bits of the hash), and a sixteenth word for the entries that
 * found no room. Entries of one client are chained through their records, so many entries of one client
 * take no room from others. Groups are added one at a time as the table grows ({@link GroupAddress}).
 * Cost: one cache line, then one record, per look-up; constant expected time for any set of clients.
 */
import type { EntryStore } from './entry-store.js';
import { GroupAddress } from './group-address.js';
import { CHAIN, CLIENT, META, META_IPV6, PORTS, PROTOCOL_BITS } from './record.js';

const GROUP_SHIFT = 4;
const GROUP_WORDS = 1 << GROUP_SHIFT;
/** The place of the overflow chain in a group; before it are the words of fifteen clients. */
const OVERFLOW = GROUP_WORDS - 1;
/** What {@link ClientIndex.place} gives when there are no more places. */
export const NO_PLACE: number = GROUP_WORDS;
const CHUNK_SHIFT = 12;
const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
/** Entries per group above which the index grows. */
const FILL = 9;
const TAG_BITS = 6;
const TAG_MASK = (1 << TAG_BITS) - 1;
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
}

/** Finds the entries of a client. */
export class ClientIndex {
  /** How many entries are in the index. */
  size = 0;
  private chunks: Int32Array[] = [new Int32Array(2 << GROUP_SHIFT)];
  private readonly address = new GroupAddress();
  private readonly store: EntryStore;
  private readonly hashing: EntryHash;
  private readonly gathered: number[] = [];

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
   * The next entry that may have a hash: the head of a chain.
   *
   * @param hash - The hash.
   * @param from - 0 at first; then one more than the place that was found.
   * @returns The place in the group; {@link ClientIndex.headAt} gives its entry. At most 16, the end.
   */
  place(hash: number, from: number): number {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    const tag = hash >>> (32 - TAG_BITS);
    for (let place = base + from; place < base + OVERFLOW; place++) {
      const word = words[place];
      if (word === 0) break;
      if ((word & TAG_MASK) === tag) return place - base;
    }
    return from <= OVERFLOW && words[base + OVERFLOW] !== 0 ? OVERFLOW : NO_PLACE;
  }

  /** The head of a chain of entries at a place that was found: slot number plus 1. */
  headAt(hash: number, place: number): number {
    const group = this.address.of(hash);
    const word = this.chunks[group >>> CHUNK_SHIFT][((group & CHUNK_MASK) << GROUP_SHIFT) + place];
    return place === OVERFLOW ? word : word >>> TAG_BITS;
  }

  /** Puts an entry in, before older ones of the same client. */
  insert(slot: number, hash: number): void {
    this.add(slot, hash);
    this.size++;
    if (this.size > this.address.count * FILL) this.grow();
  }

  /** Takes an entry out. */
  remove(slot: number, hash: number): void {
    for (let place = this.place(hash, 0); place < NO_PLACE; place = this.place(hash, place + 1)) {
      if (this.removeAt(slot, hash, place)) {
        this.size--;
        return;
      }
    }
  }

  private removeAt(slot: number, hash: number, place: number): boolean {
    const after = this.chainOf(slot);
    const head = this.headAt(hash, place);
    if (head === slot + 1) {
      this.setHead(hash, place, after);
      return true;
    }
    for (let link = head; link !== 0; link = this.chainOf(link - 1)) {
      if (this.chainOf(link - 1) !== slot + 1) continue;
      this.setChain(link - 1, after);
      return true;
    }
    return false;
  }

  private add(slot: number, hash: number): void {
    for (let place = this.place(hash, 0); place < NO_PLACE; place = this.place(hash, place + 1)) {
      if (!this.hasClient(this.headAt(hash, place), slot, place === OVERFLOW)) continue;
      this.setChain(slot, this.headAt(hash, place));
      this.setHead(hash, place, slot + 1);
      return;
    }
    this.setChain(slot, 0);
    this.addChain(slot, slot, hash);
  }

  /** Puts a chain of entries of one client in, which has no entry in its group yet. */
  private addChain(first: number, last: number, hash: number): void {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    for (let place = base; place < base + OVERFLOW; place++) {
      if (words[place] !== 0) continue;
      words[place] = ((first + 1) << TAG_BITS) | (hash >>> (32 - TAG_BITS));
      return;
    }
    this.setChain(last, words[base + OVERFLOW]);
    words[base + OVERFLOW] = first + 1;
  }

  private setHead(hash: number, place: number, link: number): void {
    const group = this.address.of(hash);
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    if (place === OVERFLOW) {
      words[base + OVERFLOW] = link;
    } else if (link !== 0) {
      words[base + place] = (link << TAG_BITS) | (hash >>> (32 - TAG_BITS));
    } else {
      let last = base + place;
      while (last + 1 < base + OVERFLOW && words[last + 1] !== 0) last++;
      words[base + place] = words[last];
      words[last] = 0;
    }
  }

  /** Whether a chain holds an entry of the same client as a slot; outside the overflow one look suffices. */
  private hasClient(head: number, slot: number, whole: boolean): boolean {
    for (let link = head; link !== 0; link = whole ? this.chainOf(link - 1) : 0) {
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
    const first = this.address.splitting;
    const groups = this.address.splittingGroups;
    const stride = this.address.stride;
    this.makeRoom(this.address.count);
    for (let i = 0; i < groups; i++) this.gather(first + i * stride);
    this.address.grow();
    for (const link of this.gathered) {
      if (link > 0) this.move(link - 1);
      else this.add(-link - 1, this.hashing.hashOf(-link - 1));
    }
    this.gathered.length = 0;
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

  /** Empties a group: heads of chains as positive links, overflowed entries, oldest first, as negative ones. */
  private gather(group: number): void {
    const words = this.chunks[group >>> CHUNK_SHIFT];
    const base = (group & CHUNK_MASK) << GROUP_SHIFT;
    for (let place = base; place < base + OVERFLOW && words[place] !== 0; place++) {
      this.gathered.push(words[place] >>> TAG_BITS);
      words[place] = 0;
    }
    const start = this.gathered.length;
    for (let link = words[base + OVERFLOW]; link !== 0; link = this.chainOf(link - 1)) {
      this.gathered.push(-link);
    }
    reverseFrom(this.gathered, start);
    words[base + OVERFLOW] = 0;
  }

  /** Puts the whole chain that starts at an entry into its new group. */
  private move(slot: number): void {
    let last = slot;
    if (this.chainOf(slot) !== 0) {
      while (this.chainOf(last) !== 0) last = this.chainOf(last) - 1;
    }
    this.addChain(slot, last, this.hashing.hashOf(slot));
  }

  private chainOf(slot: number): number {
    return this.store.recordsOf(slot)[this.store.offsetOf(slot) + CHAIN];
  }

  private setChain(slot: number, link: number): void {
    this.store.recordsOf(slot)[this.store.offsetOf(slot) + CHAIN] = link;
  }
}

function reverseFrom(list: number[], start: number): void {
  for (let i = start, j = list.length - 1; i < j; i++, j--) {
    const held = list[i];
    list[i] = list[j];
    list[j] = held;
  }
}
