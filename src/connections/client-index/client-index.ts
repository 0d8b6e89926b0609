/**
 * The index from a client (protocol, address, port) to its entries, newest first.
 *
 * An entry is in the bucket of its client's hash, or in an overflow bucket of it. Of two entries with the same
 * fingerprint in one bucket the newer one has the earlier slot, so the order needs no read of a record. From
 * {@link EXACT_BUCKETS} buckets on, a bucket has the low half of its clients' hashes in common, and half of the hash and
 * the fingerprint give address and port: with the id of its endpoint an IPv4 connection is identified without its
 * record. Insertions and removals are queued, at most 16 of each, and flushed before the next look-up, so that
 * their cache misses overlap. The index grows by one bucket at a time.
 * Cost: one cache line per look-up, constant expected time for any set of clients.
 * Source: Cleary, "Compact hash tables using bidirectional linear probing", IEEE Transactions on Computers 33
 * (1984): the part of a key that its position gives is not stored.
 */
import type { EntryStore } from '../entries/entry-store.js';
import type { BucketAddress } from './bucket-address.js';
import type { BucketMemory } from './bucket-memory.js';
import { BucketWalk } from './bucket-walk.js';
import { Buckets, MOST_IN_A_ROW } from './buckets.js';
import type { ClientHash } from './client-hash.js';
import { PendingEntries } from './pending-entries.js';
import { RecentEntries } from './recent-entries.js';
import { References, slotOf, type WideKey } from './references.js';
import { SplitEntries } from './split-entries.js';

const NONE = -1;
/** Entries per ten buckets above which the index grows; buckets yet to be split are up to twice as full. */
const FILL = 40;
/** From so many buckets on, references have endpoint ids, and buckets are split together: their cache misses cost more. */
const LARGE = 0x1000;
/** So many buckets have numbers of at least 16 bits, which are the low half of each hash in the bucket. */
const EXACT_BUCKETS = 0x10000;

/** Finds the entries of a client. */
export class ClientIndex {
  /** How many entries are in the index, with those that are queued for insertion. */
  size = 0;
  /** The buckets. */
  readonly buckets: Buckets = new Buckets();
  /** The references in their slots. */
  readonly references: References;
  /** The hash function. */
  readonly hash: ClientHash;
  /** The entries that were found last through the director's door. */
  readonly recent: RecentEntries = new RecentEntries();
  private readonly address: BucketAddress = this.buckets.address;
  private readonly memory: BucketMemory = this.buckets.memory;
  private readonly walk = new BucketWalk(this.buckets);
  private readonly insertions = new PendingEntries();
  private readonly removals = new PendingEntries();
  /** How many insertions and removals are queued. */
  private pending = 0;
  private readonly split = new SplitEntries();

  /**
   * @param store - The records.
   * @param hash - The hash function.
   */
  constructor(store: EntryStore, hash: ClientHash) {
    this.hash = hash;
    this.references = new References(store, hash);
  }

  /**
   * Finds the newest IPv4 connection with these words in its record. Short enough for the engine to inline it, with all
   * that a look-up without a hit calls, into the loop of a caller.
   *
   * @returns A slot, or −1.
   */
  find4(protocol: number, client: number, virtual: number, ports: number): number {
    if (this.pending !== 0) this.flush();
    const { hash: clientHash, memory, references, buckets } = this;
    const hash = clientHash.hash4(protocol, client, ports >>> 16);
    const bucket = this.address.of(hash);
    const words = memory.wordsOf(bucket);
    const base = memory.baseOf(bucket);
    const slots = buckets.slotsOf(words, base, clientHash.fingerprint(hash, client));
    if (slots !== 0) {
      const reference = words[buckets.referenceAt(base, slots)];
      if (references.is4(reference, protocol, client, virtual, ports)) return slotOf(reference);
    } else if (buckets.overflowOf(words, base) === 0) {
      return NONE;
    }
    return this.search4(hash, protocol, client, virtual, ports);
  }

  /**
   * Finds the newest IPv6 connection of a key, as {@link ClientIndex.find4} does.
   *
   * @returns A slot, or −1.
   */
  find6(key: WideKey): number {
    if (this.pending !== 0) this.flush();
    const { hash: clientHash, memory, references, buckets } = this;
    const { client3 } = key;
    const rest = clientHash.words(key.client0, key.client1, key.client2);
    const hash = clientHash.hash4(key.protocol, client3, key.clientPort) ^ rest;
    const bucket = this.address.of(hash);
    const words = memory.wordsOf(bucket);
    const base = memory.baseOf(bucket);
    const slots = buckets.slotsOf(words, base, clientHash.fingerprint(hash, client3));
    if (slots !== 0) {
      const slot = slotOf(words[buckets.referenceAt(base, slots)]);
      if (slot !== NONE && references.differs6(slot, key) === 0) return slot;
    } else if (buckets.overflowOf(words, base) === 0) {
      return NONE;
    }
    for (let slot = this.first(hash, client3); slot !== NONE; slot = this.next()) {
      if (references.differs6(slot, key) === 0) return slot;
    }
    return NONE;
  }

  /** The entry that a look-up of a client most likely finds, −1 when it finds none; the index has to be flushed. */
  candidate(hash: number, client: number): number {
    const { buckets, memory } = this;
    const bucket = this.address.of(hash);
    const words = memory.wordsOf(bucket);
    const base = memory.baseOf(bucket);
    const slots = buckets.slotsOf(words, base, this.hash.fingerprint(hash, client));
    if (slots === 0 && buckets.overflowOf(words, base) === 0) return NONE;
    const slot = slots === 0 ? NONE : slotOf(words[buckets.referenceAt(base, slots)]);
    return slot === NONE ? this.first(hash, client) : slot;
  }

  /** Searches all candidate entries of a client; apart from {@link ClientIndex.find4}, which stays short. */
  private search4(
    hash: number,
    protocol: number,
    client: number,
    virtual: number,
    ports: number,
  ): number {
    const { references } = this;
    for (let slot = this.first(hash, client); slot !== NONE; slot = this.next()) {
      if (references.differs4(slot, protocol, client, virtual, ports) === 0) return slot;
    }
    return NONE;
  }

  /**
   * The first candidate entry of a client. Entries of one client are visited newest first.
   *
   * @param hash - The client's hash.
   * @param client - The last (or only) word of its address.
   * @returns A slot, or −1.
   */
  first(hash: number, client: number): number {
    if (this.pending !== 0) this.flush();
    this.walk.start(this.address.of(hash), this.hash.fingerprint(hash, client));
    return this.walk.next();
  }

  /** The next candidate entry after {@link ClientIndex.first}, or −1; the index must not change in between. */
  next(): number {
    return this.walk.next();
  }

  /** Inserts an entry before older ones of the same client. */
  insert(slot: number): void {
    this.size++;
    if (this.recent.isUsed) this.references.forgetIn(this.recent, slot);
    this.defer(slot, this.insertions);
  }

  /** Removes an entry; its slot may be used again at once. */
  remove(slot: number): void {
    // A flush removes before it inserts, so an entry must not be in both queues.
    if (this.insertions.has(slot)) this.flush();
    this.size--;
    this.defer(slot, this.removals);
  }

  /** Queues an insertion or a removal. */
  private defer(slot: number, queue: PendingEntries): void {
    const { references } = this;
    const hash = references.hashOf(slot);
    const fingerprint = references.fingerprintOf(slot, hash);
    this.pending++;
    if (queue.add(slot, this.address.of(hash), fingerprint)) this.flush();
  }

  /** Carries out what is queued. Every read of the buckets comes after it. */
  flush(): void {
    const { removals, insertions, buckets } = this;
    // A single cache miss overlaps with nothing.
    if (removals.count > 1) buckets.prefetch(removals.buckets, removals.count);
    if (insertions.count > 1) buckets.prefetch(insertions.buckets, insertions.count);
    if (removals.count !== 0) this.removeAll(removals);
    if (insertions.count !== 0) this.insertAll(insertions);
    this.pending = 0;
    if (this.size * 10 > this.address.count * FILL) this.growAsNeeded();
  }

  /** Nearly all entries are the first of their bucket with their fingerprint: these need no walk. */
  private removeAll(removals: PendingEntries): void {
    const { memory, buckets, references, walk } = this;
    for (let i = 0; i < removals.count; i++) {
      const bucket = removals.buckets[i];
      const fingerprint = removals.fingerprints[i];
      const words = memory.wordsOf(bucket);
      const base = memory.baseOf(bucket);
      const slots = buckets.slotsOf(words, base, fingerprint);
      const reference = slots === 0 ? 0 : words[buckets.referenceAt(base, slots)];
      if (slotOf(reference) === removals.slots[i]) {
        references.release(reference);
        buckets.clearSlot(words, base, slots);
      } else {
        walk.start(bucket, fingerprint);
        this.take(removals.slots[i]);
      }
    }
    removals.count = 0;
  }

  /** Nearly all entries get a free slot of their bucket, in which none has their fingerprint: these need no walk. */
  private insertAll(insertions: PendingEntries): void {
    const { memory, buckets, references, walk } = this;
    for (let i = 0; i < insertions.count; i++) {
      const bucket = insertions.buckets[i];
      const fingerprint = insertions.fingerprints[i];
      const words = memory.wordsOf(bucket);
      const base = memory.baseOf(bucket);
      const free = buckets.freeSlots(words, base);
      const slots = buckets.slotsOf(words, base, fingerprint);
      const reference = references.make(insertions.slots[i]);
      if (free !== 0 && slots === 0) {
        buckets.fillSlot(words, base, free, fingerprint, reference);
      } else {
        walk.start(bucket, fingerprint);
        this.put(reference);
      }
    }
    insertions.count = 0;
  }

  /** Removes an entry, searched from the current bucket on. */
  private take(slot: number): void {
    if (this.clear(slot)) return;
    const { walk, buckets } = this;
    for (let { words, base } = walk; walk.toOverflow(); words = walk.words, base = walk.base) {
      if (!this.clear(slot)) continue;
      if (buckets.usedSlots(walk.words, walk.base) === 0) this.unchain(words, base);
      return;
    }
  }

  /** Frees the slot of an entry in the current bucket. Returns whether it was there. */
  private clear(slot: number): boolean {
    const { buckets } = this;
    const { words, base } = this.walk;
    for (let slots = this.walk.slots; slots !== 0; slots = buckets.slotsAfter(slots)) {
      const reference = words[buckets.referenceAt(base, slots)];
      if (slotOf(reference) !== slot) continue;
      this.references.release(reference);
      buckets.clearSlot(words, base, slots);
      return true;
    }
    return false;
  }

  /** Frees the current overflow bucket, which follows the given one. */
  private unchain(words: Int32Array, base: number): void {
    const { walk, buckets } = this;
    const freed = buckets.overflowOf(words, base);
    buckets.setOverflow(words, base, buckets.overflowOf(walk.words, walk.base));
    buckets.releaseOverflow(freed);
  }

  /** Stores a reference before older ones with the same fingerprint, from the current bucket on. */
  private put(reference: number): void {
    const { walk, buckets } = this;
    const { words, base } = walk;
    const left = this.shiftIn(reference);
    if (left === 0) return;
    if (!walk.toOverflow() || buckets.freeSlots(walk.words, walk.base) === 0) {
      this.insertOverflow(words, base);
    }
    this.shiftIn(left);
  }

  /** Inserts an empty overflow bucket after a bucket, and moves to it. */
  private insertOverflow(words: Int32Array, base: number): void {
    const { walk, buckets } = this;
    const inserted = buckets.takeOverflow();
    const following = buckets.overflowOf(words, base);
    buckets.setOverflow(words, base, inserted);
    walk.moveTo(inserted);
    buckets.setOverflow(walk.words, walk.base, following);
  }

  /**
   * Stores a reference in the current bucket; those with the same fingerprint before the first free slot move by one.
   *
   * @returns The reference that does not fit, the oldest with this fingerprint; 0 when a slot was free.
   */
  private shiftIn(reference: number): number {
    const { buckets } = this;
    const { words, base, fingerprint } = this.walk;
    const free = buckets.freeSlots(words, base);
    const end = buckets.referenceAt(base, free);
    let moving = reference;
    for (let newer = this.walk.slots; newer !== 0; newer = buckets.slotsAfter(newer)) {
      const at = buckets.referenceAt(base, newer);
      if (at >= end) break;
      const next = words[at];
      words[at] = moving;
      moving = next;
    }
    if (free === 0) return moving;
    buckets.fillSlot(words, base, free, fingerprint, moving);
    return 0;
  }

  /** Adds the buckets that are missing: in a small index each at once, in a large one some together, once so many are. */
  private growAsNeeded(): void {
    const { address, buckets } = this;
    const step = address.count < LARGE ? 1 : MOST_IN_A_ROW;
    while (this.size * 10 > (address.count + step - 1) * FILL) {
      if (step > 1) buckets.prefetchRow(address.splitting);
      if (step > 1) this.prefetchRecords(address.splitting);
      for (let added = 0; added < step; added++) this.grow();
    }
  }

  /** Prefetches the records that are read for their hashes, of {@link MOST_IN_A_ROW} buckets. */
  private prefetchRecords(first: number): void {
    const { buckets, memory, references } = this;
    for (let bucket = first; bucket < first + MOST_IN_A_ROW; bucket++) {
      const words = memory.wordsOf(bucket);
      const base = memory.baseOf(bucket);
      for (let used = buckets.usedSlots(words, base); used !== 0; used = buckets.slotsAfter(used)) {
        const reference = words[buckets.referenceAt(base, used)];
        if (!references.identifies(reference)) references.prefetch(reference);
      }
    }
  }

  /** Adds one bucket and gives it its share of the entries of another. */
  private grow(): void {
    const { address, buckets, references, split } = this;
    const halved = address.splitting;
    const added = address.count;
    this.memory.makeRoom(added);
    address.grow();
    this.divide(halved, added - halved);
    if (address.count === LARGE) references.isLarge = true;
    buckets.refill(halved, split.staying);
    buckets.refill(added, split.moving);
    if (address.count === EXACT_BUCKETS) references.becomeExact();
  }

  /** Divides the entries of a bucket by one bit of their hashes, and frees its overflow buckets. */
  private divide(bucket: number, bit: number): void {
    const { split, references, walk, buckets } = this;
    walk.start(bucket, 0);
    split.clear();
    let current = 0;
    do {
      const { words, base } = walk;
      for (let used = buckets.usedSlots(words, base); used !== 0; used = buckets.slotsAfter(used)) {
        const reference = words[buckets.referenceAt(base, used)];
        const fingerprint = buckets.fingerprintAt(words, base, used);
        const hash = references.hashOfReference(reference, fingerprint, bucket);
        split.add(reference, fingerprint, +((hash & bit) !== 0));
      }
      const following = buckets.overflowOf(words, base);
      walk.toOverflow();
      if (current !== 0) buckets.releaseOverflow(current);
      current = following;
    } while (current !== 0);
  }
}
