/**
 * Many look-ups at once, for those who receive packets in bursts.
 *
 * A look-up waits for memory: for its index group and, unless that tells enough, for the record. In a batch the
 * waits of all look-ups overlap: one pass reads all groups, one the records, and the last one finds everything
 * near. The result is that of single look-ups. Cost: somewhat less than that of single look-ups in large tables, and
 * much less where other work stands between these.
 */
import type { ConnectionTable } from './connection-table.js';
import { slotOf } from './client-index/references.js';
import { BINDING } from './entries/record.js';

/** Words per key of a batch: protocol, client address, virtual address, client port × 65536 + virtual port. */
export const BATCH_KEY_WORDS = 4;
const BLOCK = 32;

/** Looks up batches of keys in one table. */
export class BatchLookup {
  private readonly table: ConnectionTable;
  private readonly hashes = new Int32Array(BLOCK);
  private readonly groups = new Int32Array(BLOCK);
  private readonly links = new Int32Array(BLOCK);
  /** What was read ahead: kept, so that reading ahead is not left out as useless. */
  protected passed = 0;

  /** @param table - Where to look. */
  constructor(table: ConnectionTable) {
    this.table = table;
  }

  /**
   * Finds connections by packets of their clients, IPv4.
   *
   * @param keys - {@link BATCH_KEY_WORDS} words for each packet.
   * @param count - How many packets there are.
   * @param slots - Receives a slot, or −1, for each.
   * @param forUse - Whether what is found will be used at once, and its records shall be near; default `false`.
   */
  findIn4(keys: Int32Array, count: number, slots: Int32Array, forUse = false): void {
    for (let start = 0; start < count; start += BLOCK) {
      const end = Math.min(count, start + BLOCK);
      this.readGroups(keys, start, end);
      this.readRecords(end - start, forUse);
      this.find(keys, start, end, slots);
    }
  }

  /**
   * Reads what look-ups will read, so that it is near when they come.
   *
   * @param keys - As for {@link BatchLookup.findIn4}; the virtual endpoint does not count.
   * @param start - The first packet.
   * @param end - The one behind the last; at most 32 more than `start`.
   */
  approach(keys: Int32Array, start: number, end: number): void {
    this.readGroups(keys, start, end);
    this.readRecords(end - start, true);
  }

  /**
   * What a look-up will most likely find.
   *
   * @param place - Its place in the last {@link BatchLookup.approach}, counted from `start`.
   * @returns A slot, or −1; only a guess, which has to be checked.
   */
  likely(place: number): number {
    return slotOf(this.links[place]);
  }

  /** Reads the groups of some keys, and notes which link each will most likely find. */
  private readGroups(keys: Int32Array, start: number, end: number): void {
    const { table, hashes, groups, links } = this;
    const { index } = table;
    index.settle();
    for (let i = start; i < end; i++) {
      const at = i * BATCH_KEY_WORDS;
      const hash = table.hash4(keys[at], keys[at + 1], keys[at + 3] >>> 16);
      hashes[i - start] = hash;
      groups[i - start] = index.groupOf(hash);
    }
    index.approach(groups, end - start);
    for (let i = start; i < end; i++) {
      links[i - start] = index.likely(hashes[i - start], keys[i * BATCH_KEY_WORDS + 1]);
    }
  }

  /** Reads the records of the links: of all of them, or of those only that do not tell their entry without. */
  private readRecords(count: number, all: boolean): void {
    const { links } = this;
    const { store, index } = this.table;
    let passed = 0;
    for (let i = 0; i < count; i++) {
      const link = links[i];
      if (link === 0 || (!all && index.links.isNumbered(link))) continue;
      // A record may lie in two cache lines: read both ends of what a hit touches.
      const records = store.recordsOf(slotOf(link));
      const offset = store.offsetOf(slotOf(link));
      passed ^= records[offset] ^ records[offset + BINDING];
    }
    this.passed = passed;
  }

  private find(keys: Int32Array, start: number, end: number, slots: Int32Array): void {
    const { table, links } = this;
    const entries = table.index.links;
    for (let i = start; i < end; i++) {
      const at = i * BATCH_KEY_WORDS;
      const link = links[i - start];
      const ports = keys[at + 3];
      if (entries.is4(link, keys[at], keys[at + 1], keys[at + 2], ports)) slots[i] = slotOf(link);
      else slots[i] = this.findOne(keys[at], keys[at + 1], keys[at + 2], ports);
    }
  }

  private findOne(protocol: number, client: number, virtual: number, ports: number): number {
    return this.table.findIn4(protocol, client, ports >>> 16, virtual, ports & 0xffff);
  }
}
