/**
 * The index from a client (protocol, address, port) to its entries, newest first.
 *
 * An entry's link stands in the group of its client's hash, or in a further one when that is full. Of two
 * entries with the same tag in the same group the newer one stands at the earlier place, so that no record has
 * to be read to keep the order. Entries that come or go wait for the next look-up, some at most, so that their
 * groups can be read all at once. The index grows by one group at a time.
 * Cost: one cache line, then one record, per look-up; constant expected time for any set of clients.
 */
import { keyBits } from './connection-key.js';
import type { EntryStore } from './entry-store.js';
import { GroupWalk } from './group-walk.js';
import {
  clearPlace,
  emptyGroup,
  freePlaces,
  isEmptyGroup,
  linkAt,
  nextGroup,
  placesOf,
  setNextGroup,
  setPlace,
  takenPlaces,
  tagOf,
} from './index-groups.js';
import { CLIENT, META, PORTS, PROTOCOL_SHIFT, VIRTUAL } from './record.js';
import { WaitingEntries } from './waiting-entries.js';

const NONE = -1;
/** Entries per ten groups above which the index grows; groups yet to be split are up to twice as full. */
const FILL = 65;

/** Computes the hash of an entry from its record. */
export interface EntryHash {
  /**
   * The hashes of many entries; their records are read in one go, so that memory can be slow only once.
   *
   * @param links - Slot numbers plus 1.
   * @param count - How many there are.
   * @param hashes - Receives the hashes.
   */
  hashMany(links: Int32Array, count: number, hashes: Int32Array): void;
}

/** Finds the entries of a client. */
export class ClientIndex extends GroupWalk {
  /** How many entries are in the index. */
  size = 0;
  private readonly store: EntryStore;
  private readonly hashing: EntryHash;
  /** Entries that wait to be put in, and to be taken out, and whether there are none. */
  private readonly coming = new WaitingEntries();
  private readonly going = new WaitingEntries();
  private settled = true;
  private moved = new Int32Array(64);
  private movedHashes = new Int32Array(64);
  private movedCount = 0;

  constructor(store: EntryStore, hashing: EntryHash) {
    super();
    this.store = store;
    this.hashing = hashing;
  }

  /**
   * Finds the newest IPv4 connection with these words in its record.
   *
   * @returns A slot, or −1.
   */
  find4(hash: number, protocol: number, client: number, virtual: number, ports: number): number {
    if (!this.settled) this.settle();
    const group = this.address.of(hash);
    const words = this.memory.wordsOf(group);
    const base = this.memory.baseOf(group);
    const places = placesOf(words, base, tagOf(hash));
    if (places !== 0) {
      const slot = words[linkAt(base, places)] - 1;
      if (this.differs4(slot, protocol, client, virtual, ports) === 0) return slot;
    } else if (nextGroup(words, base) === 0) {
      return NONE;
    }
    return this.search4(hash, protocol, client, virtual, ports);
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

  /** Looks through all entries with a tag; apart from {@link ClientIndex.find4}, so that this one stays short. */
  private search4(
    hash: number,
    protocol: number,
    client: number,
    virtual: number,
    ports: number,
  ): number {
    for (let slot = this.first(hash); slot !== NONE; slot = this.next()) {
      if (this.differs4(slot, protocol, client, virtual, ports) === 0) return slot;
    }
    return NONE;
  }

  /**
   * The first entry that may have a hash, to go through all of them; those of the same client come newest first.
   *
   * @returns A slot, or −1.
   */
  first(hash: number): number {
    this.settle();
    this.enter(hash);
    return this.next();
  }

  /** Puts an entry in, before older ones of the same client. */
  insert(slot: number, hash: number): void {
    this.size++;
    this.settled = false;
    if (this.coming.add(slot + 1, hash)) this.settle();
  }

  /** Takes an entry out; its slot may be used again at once. */
  remove(slot: number, hash: number): void {
    // Settling takes out before it puts in, and what waits to be put in cannot be taken out.
    if (this.coming.count !== 0) this.settle();
    this.size--;
    this.settled = false;
    if (this.going.add(slot + 1, hash)) this.settle();
  }

  /** Puts in and takes out what waits for it; whoever reads the groups has to call this before. */
  settle(): void {
    const { coming, going } = this;
    for (let i = 0; i < going.count; i++) this.approach(going.hashes[i]);
    for (let i = 0; i < coming.count; i++) this.approach(coming.hashes[i]);
    for (let i = 0; i < going.count; i++) this.take(going.hashes[i], going.links[i]);
    for (let i = 0; i < coming.count; i++) this.put(coming.hashes[i], coming.links[i]);
    going.count = 0;
    coming.count = 0;
    this.settled = true;
    while (this.size * 10 > this.address.count * FILL) this.grow();
  }

  /** Takes a link out. */
  private take(hash: number, link: number): void {
    this.enter(hash);
    if (this.clear(link)) return;
    for (let { words, base } = this; this.goOn(); words = this.words, base = this.base) {
      if (!this.clear(link)) continue;
      if (isEmptyGroup(this.words, this.base)) this.cutOut(words, base);
      return;
    }
  }

  /** Empties the place of a link in the present group, if it is there. */
  private clear(link: number): boolean {
    const { words, base } = this;
    for (let places = this.places; places !== 0; places &= places - 1) {
      if (words[linkAt(base, places)] !== link) continue;
      clearPlace(words, base, places);
      return true;
    }
    return false;
  }

  /** Gives the present group up, which follows another one. */
  private cutOut(words: Int32Array, base: number): void {
    const link = nextGroup(words, base);
    setNextGroup(words, base, nextGroup(this.words, this.base));
    this.releaseFurther(link);
  }

  /** Puts a link in, before older ones with the same tag. */
  private put(hash: number, link: number): void {
    this.enter(hash);
    const { words, base } = this;
    const left = this.place(link);
    if (left === 0) return;
    if (!this.goOn() || freePlaces(this.words, this.base) === 0) this.insertGroup(words, base);
    this.place(left);
  }

  /**
   * Puts a link in at the first free place of the present group; those with the same tag before that place move up.
   *
   * @returns The link that is left over, the oldest with this tag, when no place was free; else 0.
   */
  private place(link: number): number {
    const { words, base } = this;
    const free = freePlaces(words, base);
    const first = free & -free;
    let moving = link;
    for (let newer = this.places & (first - 1); newer !== 0; newer &= newer - 1) {
      const at = linkAt(base, newer);
      const next = words[at];
      words[at] = moving;
      moving = next;
    }
    if (first === 0) return moving;
    setPlace(words, base, first, this.tag, moving);
    return 0;
  }

  /** Goes to an empty group that is put between a group and the one that follows it. */
  private insertGroup(words: Int32Array, base: number): void {
    const link = this.takeFurther();
    const following = nextGroup(words, base);
    setNextGroup(words, base, link);
    this.goTo(link);
    setNextGroup(this.words, this.base, following);
  }

  /** Adds one group and gives it its share of the entries of another. */
  private grow(): void {
    this.memory.makeRoom(this.address.count);
    this.gather(this.address.splitting);
    this.address.grow();
    const { moved, movedHashes, movedCount, hashing } = this;
    hashing.hashMany(moved, movedCount, movedHashes);
    for (let i = movedCount - 1; i >= 0; i--) this.put(movedHashes[i], moved[i]);
  }

  /** Empties a group and those that follow it, and notes their links in the order of places. */
  private gather(group: number): void {
    this.words = this.memory.wordsOf(group);
    this.base = this.memory.baseOf(group);
    this.movedCount = 0;
    let present = 0;
    do {
      const { words, base } = this;
      for (let places = takenPlaces(words, base); places !== 0; places &= places - 1) {
        this.note(words[linkAt(base, places)]);
      }
      const following = nextGroup(words, base);
      this.goOn();
      emptyGroup(words, base);
      if (present !== 0) this.releaseFurther(present);
      present = following;
    } while (present !== 0);
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
}
