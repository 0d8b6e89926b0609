/**
 * The memory of the connection table: entries of fixed size in chunks of typed arrays.
 *
 * A slot number names an entry. Chunks are added one at a time and never moved, so growth copies
 * nothing; freed slots are chained and used again, the last freed first. A chunk serves one address
 * family. Cost: constant per slot.
 */
import type { AddressFamily } from '../ip-address.js';
import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  GENERATION,
  MAX_SLOTS,
  META,
  RECORD_WORDS,
  TIMER_NEXT,
  WIDE_WORDS,
} from './record.js';

const NONE = -1;
const CHUNK_ENTRIES = 1 << CHUNK_SHIFT;
const NOT_WIDE = new Int32Array(0);

/** Where the next slot of one family comes from. */
interface Supply {
  free: number;
  fresh: number;
  end: number;
}

/** Chunks of entries and the slots that are free. */
export class EntryStore {
  /** The records, one array per chunk. */
  readonly records: Int32Array[] = [];
  /** The long addresses of each chunk; empty in IPv4 chunks. */
  readonly wide: Int32Array[] = [];
  private readonly supply4: Supply = { free: NONE, fresh: 0, end: 0 };
  private readonly supply6: Supply = { free: NONE, fresh: 0, end: 0 };

  /** How many slots there are, used or free. */
  get slots(): number {
    return this.records.length << CHUNK_SHIFT;
  }

  /** Bytes of all chunks. */
  get bytes(): number {
    let words = 0;
    for (let chunk = 0; chunk < this.records.length; chunk++) {
      words += this.records[chunk].length + this.wide[chunk].length;
    }
    return words * 4;
  }

  /** The array that holds a slot's record. */
  recordsOf(slot: number): Int32Array {
    return this.records[slot >> CHUNK_SHIFT];
  }

  /** The place of a slot's first word in its array. */
  offsetOf(slot: number): number {
    return (slot & CHUNK_MASK) * RECORD_WORDS;
  }

  /** The array that holds a slot's long addresses. */
  wideOf(slot: number): Int32Array {
    return this.wide[slot >> CHUNK_SHIFT];
  }

  /** The place of a slot's first long-address word in its array. */
  wideOffsetOf(slot: number): number {
    return (slot & CHUNK_MASK) * WIDE_WORDS;
  }

  /** A slot for a new entry, with everything but its generation undefined; −1 when no number is left. */
  allocate(family: AddressFamily): number {
    const supply = family === 4 ? this.supply4 : this.supply6;
    const slot = supply.free;
    if (slot !== NONE) {
      supply.free = this.recordsOf(slot)[this.offsetOf(slot) + TIMER_NEXT];
      return slot;
    }
    if (supply.fresh === supply.end && !this.grow(supply, family)) return NONE;
    return supply.fresh++;
  }

  /** Takes a slot back; views of its entry no longer fit. */
  release(slot: number): void {
    const records = this.recordsOf(slot);
    const offset = this.offsetOf(slot);
    const supply = this.wideOf(slot).length === 0 ? this.supply4 : this.supply6;
    records[offset + META] = 0;
    records[offset + GENERATION]++;
    records[offset + TIMER_NEXT] = supply.free;
    supply.free = slot;
  }

  private grow(supply: Supply, family: AddressFamily): boolean {
    if (this.slots + CHUNK_ENTRIES > MAX_SLOTS) return false;
    supply.fresh = this.slots;
    supply.end = supply.fresh + CHUNK_ENTRIES;
    this.records.push(new Int32Array(CHUNK_ENTRIES * RECORD_WORDS));
    this.wide.push(family === 4 ? NOT_WIDE : new Int32Array(CHUNK_ENTRIES * WIDE_WORDS));
    return true;
  }
}
