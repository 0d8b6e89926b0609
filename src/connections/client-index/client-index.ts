/**
 * The index from a client (protocol, address, port) to its entries, newest first.
 *
 * An entry stands in the group of its client's hash, or in a further one when that is full. Of two entries with
 * the same fingerprint in the same group the newer one stands at the earlier place, so that no record has to be
 * read to keep the order. From {@link EXACT_GROUPS} groups on, a group has the low half of its clients' hashes
 * in common, and half of the hash and fingerprint tell address and port: with the number of its endpoint an
 * IPv4 connection is known without its record. Entries that come or go wait for the next look-up, some at
 * most, so that their groups can be read all at once. The index grows by one group at a time.
 * Cost: one cache line per look-up, constant expected time for any set of clients.
 * Source: Cleary, "Compact hash tables using bidirectional linear probing", IEEE Transactions on Computers 33
 * (1984): what the place tells of a key need not be stored.
 */
import type { ClientHash } from './client-hash.js';
import { EntryLinks, slotOf } from './references.js';
import type { EntryStore } from '../entries/entry-store.js';
import { GroupWalk } from './bucket-walk.js';
import { MovingEntries } from './moving-entries.js';
import { WaitingEntries } from './pending-entries.js';

const NONE = -1;
/** Entries per ten groups above which the index grows; groups yet to be split are up to twice as full. */
const FILL = 40;
/** So many groups have numbers of at least 16 bits, which are the low half of each hash that belongs there. */
const EXACT_GROUPS = 0x10000;

/** Finds the entries of a client. */
export class ClientIndex extends GroupWalk {
  /** How many entries are in the index. */
  size = 0;
  /** What the places hold; for the rules of this folder only. @internal */
  readonly links: EntryLinks;
  /** Entries that wait to be put in, and to be taken out, and how many there are of both. */
  private readonly coming = new WaitingEntries();
  private readonly going = new WaitingEntries();
  private waiting = 0;
  private readonly hash: ClientHash;
  private readonly moving = new MovingEntries();

  constructor(store: EntryStore, hash: ClientHash) {
    super();
    this.hash = hash;
    this.links = new EntryLinks(store, hash);
  }

  /**
   * Finds the newest IPv4 connection with these words in its record.
   *
   * @returns A slot, or −1.
   */
  find4(protocol: number, client: number, virtual: number, ports: number): number {
    if (this.waiting !== 0) this.settle();
    const { hash: clientHash, memory, links } = this;
    const hash = clientHash.hash4(protocol, client, ports >>> 16);
    const group = this.address.of(hash);
    const words = memory.wordsOf(group);
    const base = memory.baseOf(group);
    const places = this.placesOf(words, base, clientHash.fingerprint(hash, client));
    if (places !== 0) {
      const link = words[this.linkAt(base, places)];
      // What is4 does, in its two steps: the engine then fits all of this method into its callers.
      if (
        links.endpoints.isOf(link, protocol, virtual, ports) ||
        links.isByRecord4(link, protocol, client, virtual, ports)
      ) {
        return slotOf(link);
      }
    } else if (this.nextGroup(words, base) === 0) {
      return NONE;
    }
    return this.search4(hash, protocol, client, virtual, ports);
  }

  /** The link that a look-up of a client will most likely find, or 0; only when all are settled. */
  likely(hash: number, client: number): number {
    const group = this.address.of(hash);
    const words = this.memory.wordsOf(group);
    const base = this.memory.baseOf(group);
    const places = this.placesOf(words, base, this.hash.fingerprint(hash, client));
    return places === 0 ? 0 : words[this.linkAt(base, places)];
  }

  /** Looks through all entries that may be the client's; apart from {@link ClientIndex.find4}, which stays short. */
  private search4(
    hash: number,
    protocol: number,
    client: number,
    virtual: number,
    ports: number,
  ): number {
    for (let slot = this.first(hash, client); slot !== NONE; slot = this.next()) {
      if (this.links.differs4(slot, protocol, client, virtual, ports) === 0) return slot;
    }
    return NONE;
  }

  /**
   * The first entry that may be a client's, to go through all of them; those of the same client come newest first.
   *
   * @param hash - The client's hash.
   * @param client - The last (or only) word of its address.
   * @returns A slot, or −1.
   */
  first(hash: number, client: number): number {
    this.settle();
    this.enter(this.groupOf(hash), this.hash.fingerprint(hash, client));
    return this.next();
  }

  /** Puts an entry in, before older ones of the same client. */
  insert(slot: number): void {
    this.size++;
    this.wait(slot, this.coming);
  }

  /** Takes an entry out; its slot may be used again at once. */
  remove(slot: number): void {
    // Settling takes out before it puts in, and what waits to be put in cannot be taken out.
    if (this.coming.has(slot)) this.settle();
    this.size--;
    this.wait(slot, this.going);
  }

  /** Lets an entry wait to be put in or taken out. */
  private wait(slot: number, entries: WaitingEntries): void {
    const { links } = this;
    const hash = links.hashOf(slot);
    this.waiting++;
    if (entries.add(slot, this.groupOf(hash), links.fingerprintOf(slot, hash))) this.settle();
  }

  /** Puts in and takes out what waits for it; whoever reads the groups has to call this before. */
  settle(): void {
    const { going, coming } = this;
    this.approach(going.groups, going.count);
    this.approach(coming.groups, coming.count);
    if (going.count !== 0) this.takeAll(going);
    if (coming.count !== 0) this.putAll(coming);
    this.waiting = 0;
    while (this.size * 10 > this.address.count * FILL) this.grow();
  }

  /** Takes all out that waits for it. */
  private takeAll(going: WaitingEntries): void {
    for (let i = 0; i < going.count; i++) {
      this.enter(going.groups[i], going.fingerprints[i]);
      this.take(going.slots[i]);
    }
    going.count = 0;
  }

  /** Puts all in that waits for it. */
  private putAll(coming: WaitingEntries): void {
    for (let i = 0; i < coming.count; i++) {
      this.enter(coming.groups[i], coming.fingerprints[i]);
      this.put(this.links.make(coming.slots[i], this.isExact));
    }
    coming.count = 0;
  }

  /** Takes an entry out, on the way through its client's groups. */
  private take(slot: number): void {
    if (this.clear(slot)) return;
    for (let { words, base } = this; this.goOn(); words = this.words, base = this.base) {
      if (!this.clear(slot)) continue;
      if (this.takenPlaces(this.words, this.base) === 0) this.cutOut(words, base);
      return;
    }
  }

  /** Empties the place of an entry in the present group, if it is there. */
  private clear(slot: number): boolean {
    const { words, base } = this;
    for (let places = this.places; places !== 0; places = this.placesBehind(places)) {
      const link = words[this.linkAt(base, places)];
      if (slotOf(link) !== slot) continue;
      this.links.release(link);
      this.clearPlace(words, base, places);
      return true;
    }
    return false;
  }

  /** Gives the present group up, which follows another one. */
  private cutOut(words: Int32Array, base: number): void {
    const link = this.nextGroup(words, base);
    this.setNextGroup(words, base, this.nextGroup(this.words, this.base));
    this.releaseFurther(link);
  }

  /** Puts a link in, before older ones with the same fingerprint, on the way through its client's groups. */
  private put(link: number): void {
    const { words, base } = this;
    const free = this.freePlaces(words, base);
    if (free === 0 || this.places !== 0) this.putBefore(link);
    else this.fillPlace(words, base, free, this.fingerprint, link);
  }

  /** {@link ClientIndex.put} where something has to move. */
  private putBefore(link: number): void {
    const { words, base } = this;
    const left = this.place(link);
    if (left === 0) return;
    if (!this.goOn() || this.freePlaces(this.words, this.base) === 0) this.insertGroup(words, base);
    this.place(left);
  }

  /**
   * Puts a link in at the first free place of the present group; those with the same fingerprint before that place
   * move up.
   *
   * @returns The link that is left over, the oldest with this fingerprint, when no place was free; else 0.
   */
  private place(link: number): number {
    const { words, base } = this;
    const free = this.freePlaces(words, base);
    const end = this.linkAt(base, free);
    let moving = link;
    for (let newer = this.places; newer !== 0; newer = this.placesBehind(newer)) {
      const at = this.linkAt(base, newer);
      if (at >= end) break;
      const next = words[at];
      words[at] = moving;
      moving = next;
    }
    if (free === 0) return moving;
    this.fillPlace(words, base, free, this.fingerprint, moving);
    return 0;
  }

  /** Goes to an empty group that is put between a group and the one that follows it. */
  private insertGroup(words: Int32Array, base: number): void {
    const link = this.takeFurther();
    const following = this.nextGroup(words, base);
    this.setNextGroup(words, base, link);
    this.goTo(link);
    this.setNextGroup(this.words, this.base, following);
  }

  /** Adds one group and gives it its share of the entries of another. */
  private grow(): void {
    const { address, moving, links } = this;
    this.memory.makeRoom(address.count);
    this.gather(address.splitting);
    address.grow();
    // The oldest first, so that the newest comes to stand before all others of its client.
    for (let i = moving.count - 1; i >= 0; i--) {
      const link = moving.links[i];
      this.enter(this.groupOf(moving.hashes[i]), moving.fingerprints[i]);
      this.put(links.isNumbered(link) ? link : links.make(slotOf(link), this.isExact));
    }
  }

  /** Empties a group and those that follow it, and notes what stood there in the order of places. */
  private gather(group: number): void {
    const { moving, links } = this;
    this.words = this.memory.wordsOf(group);
    this.base = this.memory.baseOf(group);
    moving.count = 0;
    let present = 0;
    do {
      const { words, base } = this;
      for (
        let taken = this.takenPlaces(words, base);
        taken !== 0;
        taken = this.placesBehind(taken)
      ) {
        moving.add(words[this.linkAt(base, taken)], this.fingerprintAt(words, base, taken));
      }
      const following = this.nextGroup(words, base);
      this.goOn();
      this.emptyGroup(words, base);
      if (present !== 0) this.releaseFurther(present);
      present = following;
    } while (present !== 0);
    for (let i = 0; i < moving.count; i++) {
      moving.hashes[i] = links.hashOfLink(moving.links[i], moving.fingerprints[i], group);
    }
  }

  /** Whether there are enough groups for a place to tell the client. */
  private get isExact(): boolean {
    return this.address.count >= EXACT_GROUPS;
  }
}
