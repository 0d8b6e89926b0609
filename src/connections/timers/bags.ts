/**
 * The entries of each wheel slot, in no promised order: bags.
 *
 * A bag is a list of cache lines. A line has the numbers of up to {@link CAPACITY} entries, its wheel slot, and the line
 * filled before it. Only the first line has room. An entry's record has its place: the line, and the position there. An
 * entry that is removed leaves its place to the one that was added last. Entries are taken out beginning with the one
 * added last, and their records are read ahead line by line: unlike in a list through the records, none has to arrive
 * before the next one is known.
 * Cost: constant per call; 4.6 bytes per entry of a full slot, and a line at least.
 */
import type { EntryStore } from '../entries/entry-store.js';
import { LineMemory } from '../entries/line-memory.js';
import { EXPIRY, PLACE } from '../entries/record.js';
import { WHEEL_SLOTS } from './wheel-slots.js';

/** Entries per line. */
const CAPACITY = 14;
/** The word with the wheel slot. */
const WHEEL_SLOT: number = CAPACITY;
/** The word with the number of the following line plus 1; 0 = none. */
const FOLLOWING: number = CAPACITY + 1;
/** Bits of a position in a line, or of a count of entries. */
const POSITION_BITS = 4;
const POSITION_MASK: number = (1 << POSITION_BITS) - 1;
const NONE = -1;

/** Bags of entries, one per wheel slot. */
export class Bags {
  /** The first line of each wheel slot plus 1, and in the low bits how many entries it has; 0 = the bag is empty. */
  private readonly heads = new Int32Array(WHEEL_SLOTS);
  private readonly lines = new LineMemory();
  private readonly store: EntryStore;
  private lineCount = 0;
  /** The first free line plus 1; the others follow as lines do. */
  private freeLine = 0;
  /** The line whose records were read ahead last. */
  private readAhead = NONE;
  /** What was read: stored, so that the engine does not remove the reads. */
  protected prefetched = 0;

  /** @param store - The records; the bags write the places in them. */
  constructor(store: EntryStore) {
    this.store = store;
  }

  /** Bytes of all bags. */
  get bytes(): number {
    return this.heads.byteLength + this.lines.bytes;
  }

  /** Whether a wheel slot has no entry. */
  isEmpty(wheelSlot: number): boolean {
    return this.heads[wheelSlot] === 0;
  }

  /** Adds an entry. Returns whether the bag was empty before. */
  add(wheelSlot: number, slot: number): boolean {
    const head = this.heads[wheelSlot];
    const count = head & POSITION_MASK;
    const isFull = head === 0 || count === CAPACITY;
    const line = isFull ? this.takeLine(wheelSlot, head >>> POSITION_BITS) : head >>> POSITION_BITS;
    const position = isFull ? 0 : count;
    this.lines.wordsOf(line - 1)[this.lines.baseOf(line - 1) + position] = slot;
    this.heads[wheelSlot] = (line << POSITION_BITS) | (position + 1);
    this.setPlace(slot, ((line - 1) << POSITION_BITS) | position);
    return head === 0;
  }

  /** Takes the entry that was added last out of a bag that is not empty. */
  take(wheelSlot: number): number {
    const head = this.heads[wheelSlot];
    const line = (head >>> POSITION_BITS) - 1;
    const position = (head & POSITION_MASK) - 1;
    const words = this.lines.wordsOf(line);
    const base = this.lines.baseOf(line);
    if (this.readAhead !== line) this.readRecords(line, words, base, position);
    const slot = words[base + position];
    if (position > 0) this.heads[wheelSlot] = head - 1;
    else this.releaseLine(wheelSlot, line);
    return slot;
  }

  /** Removes an entry by its place. Returns the wheel slot if its bag is empty now, else −1. */
  remove(place: number): number {
    const line = place >>> POSITION_BITS;
    const words = this.lines.wordsOf(line);
    const at = this.lines.baseOf(line);
    const wheelSlot = words[at + WHEEL_SLOT];
    const head = this.heads[wheelSlot];
    const headLine = (head >>> POSITION_BITS) - 1;
    const last = (head & POSITION_MASK) - 1;
    const moved = this.lines.wordsOf(headLine)[this.lines.baseOf(headLine) + last];
    const lastPlace = (headLine << POSITION_BITS) | last;
    if (place !== lastPlace) {
      words[at + (place & POSITION_MASK)] = moved;
      this.setPlace(moved, place);
    }
    if (last > 0) this.heads[wheelSlot] = head - 1;
    else this.releaseLine(wheelSlot, headLine);
    return this.heads[wheelSlot] === 0 ? wheelSlot : NONE;
  }

  private setPlace(slot: number, place: number): void {
    this.store.recordsOf(slot)[this.store.offsetOf(slot) + PLACE] = place;
  }

  /** An empty line before another one, both by their numbers plus 1. */
  private takeLine(wheelSlot: number, following: number): number {
    let line = this.freeLine;
    if (line === 0) {
      this.lines.makeRoom(this.lineCount);
      line = ++this.lineCount;
    }
    const words = this.lines.wordsOf(line - 1);
    const base = this.lines.baseOf(line - 1);
    if (this.freeLine !== 0) this.freeLine = words[base + FOLLOWING];
    words[base + WHEEL_SLOT] = wheelSlot;
    words[base + FOLLOWING] = following;
    return line;
  }

  /** Frees the first line of a bag, which is empty; the lines after it are full. */
  private releaseLine(wheelSlot: number, line: number): void {
    const words = this.lines.wordsOf(line);
    const following = this.lines.baseOf(line) + FOLLOWING;
    const next = words[following];
    this.heads[wheelSlot] = next === 0 ? 0 : (next << POSITION_BITS) | CAPACITY;
    words[following] = this.freeLine;
    this.freeLine = line + 1;
    this.readAhead = NONE;
  }

  /** Reads the records of a line's entries, so that their cache misses overlap. */
  private readRecords(line: number, words: Int32Array, base: number, last: number): void {
    const { store } = this;
    let read = 0;
    for (let position = last; position >= 0; position--) {
      const slot = words[base + position];
      read ^= store.recordsOf(slot)[store.offsetOf(slot) + EXPIRY];
    }
    this.prefetched = read;
    this.readAhead = line;
  }
}
