/**
 * The memory of the connection table: entries of fixed size in chunks of typed arrays.
 *
 * A slot number identifies an entry. Chunks are added one at a time and never move, so growth copies
 * nothing. Freed slots form a list and are used again, the last freed first. A chunk holds entries of one
 * address family. Cost: constant per slot.
 */
import type { AddressFamily } from '../../ip-address.js';
import { chunkOf, enlarged } from './chunk-memory.js';
import { FLAG_HELPED, FLAG_NO_CLIENT_PORT, FLAG_TEMPLATE } from './flags.js';
import type { HelperSession } from './helper-session.js';
import { OptionalColumn } from './optional-column.js';
import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  MAX_SLOTS,
  META,
  META_IPV6,
  RECORD_WORDS,
  TIMER_NEXT,
  WIDE_WORDS,
} from './record.js';

const NONE = -1;
const CHUNK_ENTRIES = 1 << CHUNK_SHIFT;
/** The first chunk grows by doubling up to this many entries, and then to its full size. */
const LARGEST_PARTIAL = 8192;
const FEWEST = 64;
const NOT_WIDE = new Int32Array(0);

/** The flags of entries that have more than a record. */
const RARE = FLAG_TEMPLATE | FLAG_HELPED | FLAG_NO_CLIENT_PORT;

/** The unused slots of one family. */
interface Supply {
  /** The first slot of the free list. */
  free: number;
  /** The next slot that was never used, the end of the memory for these, and the end of their chunk. */
  fresh: number;
  end: number;
  chunkEnd: number;
}

/** Chunks of entries and their free slots. */
export class EntryStore {
  /** The records, one array per chunk. */
  readonly records: Int32Array[] = [];
  /** The long addresses of each chunk; empty in IPv4 chunks. */
  readonly wide: Int32Array[] = [];
  /** Template: how many entries it controls. Others: the controlling entry plus 1; 0 = none. */
  readonly controls: OptionalColumn = new OptionalColumn();
  /** Connections: how many others they control, such as the data connections of FTP. */
  readonly dataControls: OptionalColumn = new OptionalColumn();
  /** How many entries wait for their client's port. */
  withoutClientPort = 0;
  /** What helpers remember, of the entries that have one and were looked at. */
  readonly sessions: Map<number, HelperSession> = new Map<number, HelperSession>();
  /** The data of persistence engines, of the templates that have any. */
  private readonly engineData = new Map<number, string>();
  /** How often a slot was freed since its generation was first read. */
  private readonly generations = new OptionalColumn();
  private readonly supply4: Supply = { free: NONE, fresh: 0, end: 0, chunkEnd: 0 };
  private readonly supply6: Supply = { free: NONE, fresh: 0, end: 0, chunkEnd: 0 };

  /** One more than the greatest slot number. */
  get slots(): number {
    return this.records.length << CHUNK_SHIFT;
  }

  /** How many slots have memory, if all chunks but the last one are whole. */
  get span(): number {
    const last = this.records.at(-1);
    return last === undefined ? 0 : this.slots - CHUNK_ENTRIES + last.length / RECORD_WORDS;
  }

  /** Whether a number is a slot with memory. */
  isSlot(slot: number): boolean {
    if (slot < 0 || slot >= this.slots) return false;
    return this.offsetOf(slot) < this.recordsOf(slot).length;
  }

  /** Bytes of all chunks. */
  get bytes(): number {
    let words = 0;
    for (let chunk = 0; chunk < this.records.length; chunk++) {
      words += this.records[chunk].length + this.wide[chunk].length;
    }
    const { controls, dataControls, generations } = this;
    return words * 4 + controls.bytes + dataControls.bytes + generations.bytes;
  }

  /** The array that holds a slot's record. */
  recordsOf(slot: number): Int32Array {
    return this.records[slot >> CHUNK_SHIFT];
  }

  /** The index of a slot's first word in its array. */
  offsetOf(slot: number): number {
    return (slot & CHUNK_MASK) * RECORD_WORDS;
  }

  /** The array that holds a slot's long addresses. */
  wideOf(slot: number): Int32Array {
    return this.wide[slot >> CHUNK_SHIFT];
  }

  /** The index of a slot's first long-address word in its array. */
  wideOffsetOf(slot: number): number {
    return (slot & CHUNK_MASK) * WIDE_WORDS;
  }

  /** A slot for a new entry; all words but the control word, which is 0, are undefined. −1 when all are in use. */
  allocate(family: AddressFamily): number {
    const supply = family === 4 ? this.supply4 : this.supply6;
    const slot = supply.free;
    if (slot === NONE) return this.allocateUnused(supply, family);
    supply.free = this.recordsOf(slot)[this.offsetOf(slot) + TIMER_NEXT];
    return slot;
  }

  /** The generation of a slot: 32 bits that change when the slot is freed, from the first read on. */
  generationOf(slot: number): number {
    if (!this.generations.has(slot)) this.generations.set(slot, 0);
    return this.generations.get(slot);
  }

  /** What a persistence engine read from the client's packets, of a template; `''` = nothing. */
  engineDataOf(slot: number): string {
    return this.engineData.get(slot) ?? '';
  }

  /** Stores what a persistence engine read; a template that leaves takes it along. */
  setEngineData(slot: number, data: string): void {
    this.engineData.set(slot, data);
  }

  /** Forgets an entry, except what its timer has in the record, and invalidates its `Connection` views. */
  clear(slot: number): void {
    const records = this.recordsOf(slot);
    const offset = this.offsetOf(slot);
    const meta = records[offset + META];
    if ((meta & RARE) !== 0) this.releaseRare(slot, meta);
    records[offset + META] = meta & META_IPV6;
    if (this.controls.isUsed || this.generations.isUsed) this.resetColumns(slot);
  }

  /** Frees the slot of an entry that was cleared. */
  free(slot: number): void {
    const records = this.recordsOf(slot);
    const offset = this.offsetOf(slot);
    const supply = (records[offset + META] & META_IPV6) === 0 ? this.supply4 : this.supply6;
    records[offset + TIMER_NEXT] = supply.free;
    supply.free = slot;
  }

  /** Forgets what few entries have. */
  private releaseRare(slot: number, meta: number): void {
    if ((meta & FLAG_TEMPLATE) !== 0) this.engineData.delete(slot);
    if ((meta & FLAG_NO_CLIENT_PORT) !== 0) this.withoutClientPort--;
    this.sessions.delete(slot);
  }

  private resetColumns(slot: number): void {
    const { controls, dataControls, generations } = this;
    if (generations.has(slot)) generations.set(slot, generations.get(slot) + 1);
    if (controls.has(slot)) controls.set(slot, 0);
    if (dataControls.has(slot)) dataControls.set(slot, 0);
  }

  private allocateUnused(supply: Supply, family: AddressFamily): number {
    if (supply.fresh === supply.end && !this.grow(supply, family)) return NONE;
    return supply.fresh++;
  }

  private grow(supply: Supply, family: AddressFamily): boolean {
    if (supply.end < supply.chunkEnd) {
      this.enlarge(supply, family);
      return true;
    }
    if (this.slots + CHUNK_ENTRIES > MAX_SLOTS + 1) return false;
    const entries = supply.chunkEnd === 0 ? FEWEST : CHUNK_ENTRIES;
    supply.fresh = this.slots;
    supply.end = supply.fresh + entries;
    supply.chunkEnd = supply.fresh + CHUNK_ENTRIES;
    this.records.push(chunkOf(entries * RECORD_WORDS));
    this.wide.push(family === 4 ? NOT_WIDE : chunkOf(entries * WIDE_WORDS));
    return true;
  }

  /** Makes a family's first chunk larger, so that small tables stay small. */
  private enlarge(supply: Supply, family: AddressFamily): void {
    const chunk = (supply.end - 1) >> CHUNK_SHIFT;
    const present = supply.end - (chunk << CHUNK_SHIFT);
    const entries = present >= LARGEST_PARTIAL ? CHUNK_ENTRIES : present * 2;
    this.records[chunk] = enlarged(this.records[chunk], entries * RECORD_WORDS);
    if (family === 6) this.wide[chunk] = enlarged(this.wide[chunk], entries * WIDE_WORDS);
    supply.end = (chunk << CHUNK_SHIFT) + entries;
  }
}
