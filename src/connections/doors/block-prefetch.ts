/**
 * Prefetches what a block of look-ups reads, for callers that receive packets in bursts.
 *
 * A single look-up has up to two cache misses: the index bucket and the record. One pass over a block reads all
 * buckets, and a second one the records of the candidate entries; the misses of a block overlap, and its look-ups
 * then find everything in the caches. Nothing changes. Cost: a hash per packet.
 */
import type { ClientIndex } from '../client-index/client-index.js';
import type { EntryStore } from '../entries/entry-store.js';
import { DESTINATION } from '../entries/record.js';
import type { FastPath } from './fast-path.js';

const NONE = -1;

/** Prefetches the look-ups of blocks of IPv4 clients; the result of the look-ups stays the same. */
export class BlockPrefetch {
  private readonly index: ClientIndex;
  private readonly store: EntryStore;
  private readonly hashes: Int32Array;
  private readonly clients: Int32Array;
  private readonly buckets: Int32Array;
  private readonly slots: Int32Array;
  /** The last words that were read: stored, so that the engine does not remove the reads. */
  protected prefetched = 0;

  /**
   * @param fastPath - The entries.
   * @param size - The greatest number of clients in a block.
   */
  constructor(fastPath: FastPath, size: number) {
    this.index = fastPath.index;
    this.store = fastPath.store;
    this.hashes = new Int32Array(size);
    this.clients = new Int32Array(size);
    this.buckets = new Int32Array(size);
    this.slots = new Int32Array(size);
  }

  /**
   * Sets one client of the next block.
   *
   * @param number - Its position in the block.
   * @param protocol - The protocol's number.
   * @param client - The client's address, signed.
   * @param port - The client's port.
   */
  set(number: number, protocol: number, client: number, port: number): void {
    this.hashes[number] = this.index.hash.hash4(protocol, client, port);
    this.clients[number] = client;
  }

  /** Reads what the look-ups of a block read: of the first `count` clients, whether or not they were set again. */
  read(count: number): void {
    const { index, hashes, clients, buckets, slots } = this;
    index.flush();
    for (let i = 0; i < count; i++) buckets[i] = index.buckets.address.of(hashes[i]);
    index.buckets.prefetch(buckets, count);
    for (let i = 0; i < count; i++) slots[i] = index.candidate(hashes[i], clients[i]);
    this.readRecords(count);
  }

  /** The candidate entry of a client of the last block, which the caller has to check; −1 when it had none. */
  candidate(number: number): number {
    return this.slots[number];
  }

  private readRecords(count: number): void {
    const { slots, store } = this;
    let read = 0;
    for (let i = 0; i < count; i++) {
      const slot = slots[i];
      if (slot === NONE) continue;
      // A record may cross a cache line: both ends of what a hit reads are read.
      const records = store.recordsOf(slot);
      const offset = store.offsetOf(slot);
      read ^= records[offset] ^ records[offset + DESTINATION];
    }
    this.prefetched = read;
  }
}
