/**
 * The lists of the wheel slots: doubly linked, through the records of entries.
 *
 * Entries that leave the table are queued, at most 16, and unlinked together: both neighbors of each are read first, so
 * that their cache misses overlap. Until then such an entry has its slot number, and its record only the references to
 * its neighbors. Cost: constant per entry.
 */
import type { EntryStore } from '../entries/entry-store.js';
import {
  CODE_SHIFT,
  DESTINATION,
  DESTINATION_BITS,
  TIMER_NEXT,
  TIMER_PREVIOUS,
} from '../entries/record.js';
import { SlotSet } from './slot-set.js';
import {
  BASE1,
  BASE2,
  CODE_DUE,
  CODE_LATER,
  codeOf,
  LATER,
  LEVEL0,
  LEVEL1,
  LEVEL2,
  WHEEL_SLOTS,
} from './wheel-slots.js';

const NONE = -1;
/** How many entries that leave are queued at most. */
const MOST_LEAVING = 16;

/** Lists of entries by wheel slot. */
export class TimerLists {
  /** The first entry of each wheel slot, plus 1; 0 = none. */
  readonly heads: Int32Array = new Int32Array(WHEEL_SLOTS);
  /** The wheel slots of each level that have entries. */
  readonly used0: SlotSet = new SlotSet(LEVEL0);
  readonly used1: SlotSet = new SlotSet(LEVEL1);
  readonly used2: SlotSet = new SlotSet(LEVEL2);
  /** How many entries are queued to leave. */
  leavingCount = 0;
  private readonly leaving = new Int32Array(MOST_LEAVING);
  /** Stored, so that the engine does not remove the reads. */
  protected read = 0;
  private readonly store: EntryStore;

  /** @param store - The records. */
  constructor(store: EntryStore) {
    this.store = store;
  }

  /** Bytes of the lists, without the records. */
  get bytes(): number {
    return this.heads.byteLength + this.used0.bytes + this.used1.bytes + this.used2.bytes;
  }

  /** Links an entry to a wheel slot, as its first. Returns whether the slot was empty. */
  link(wheelSlot: number, slot: number, records: Int32Array, offset: number): boolean {
    const next = this.heads[wheelSlot] - 1;
    records[offset + TIMER_NEXT] = next;
    records[offset + TIMER_PREVIOUS] = ~wheelSlot;
    setCode(records, offset, wheelSlot === LATER ? CODE_LATER : codeOf(wheelSlot));
    this.heads[wheelSlot] = slot + 1;
    if (next !== NONE) {
      this.store.recordsOf(next)[this.store.offsetOf(next) + TIMER_PREVIOUS] = slot;
      return false;
    }
    this.setOf(wheelSlot)?.add(positionOf(wheelSlot));
    return true;
  }

  /** Unlinks an entry, wherever it is. */
  unlink(slot: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    if (records[offset + DESTINATION] >>> CODE_SHIFT === CODE_DUE) {
      // The ready queue skips timers whose entry has another code.
      setCode(records, offset, 0);
      return;
    }
    const next = records[offset + TIMER_NEXT];
    const previous = records[offset + TIMER_PREVIOUS];
    if (next !== NONE) {
      this.store.recordsOf(next)[this.store.offsetOf(next) + TIMER_PREVIOUS] = previous;
    }
    if (previous >= 0) {
      this.store.recordsOf(previous)[this.store.offsetOf(previous) + TIMER_NEXT] = next;
      return;
    }
    this.heads[~previous] = next + 1;
    if (next === NONE) this.setOf(~previous)?.delete(positionOf(~previous));
  }

  /** Queues an entry that has left the table. Returns whether the queue is full now. */
  leave(slot: number): boolean {
    this.leaving[this.leavingCount++] = slot;
    return this.leavingCount === MOST_LEAVING;
  }

  /** Unlinks the entries that are queued to leave, all of which are linked, and frees their slots. */
  unlinkLeaving(): void {
    const { leaving, leavingCount, store } = this;
    this.leavingCount = 0;
    this.readNeighbors(leavingCount);
    for (let i = 0; i < leavingCount; i++) {
      this.unlink(leaving[i]);
      store.free(leaving[i]);
    }
  }

  /** Reads the neighbors of the entries that are queued to leave. */
  private readNeighbors(count: number): void {
    const { leaving, store } = this;
    let read = 0;
    for (let i = 0; i < count; i++) {
      const records = store.recordsOf(leaving[i]);
      const offset = store.offsetOf(leaving[i]);
      // An entry that is due has a ticket there; any other number is a slot, or none.
      const next = records[offset + TIMER_NEXT];
      const previous = records[offset + TIMER_PREVIOUS];
      if (next >>> 0 < store.slots)
        read ^= store.recordsOf(next)[store.offsetOf(next) + TIMER_PREVIOUS];
      if (previous >= 0) read ^= store.recordsOf(previous)[store.offsetOf(previous) + TIMER_NEXT];
    }
    this.read = read;
  }

  /** The set of used slots that a wheel slot belongs to; {@link LATER} has none. */
  private setOf(wheelSlot: number): SlotSet | undefined {
    if (wheelSlot === LATER) return undefined;
    return wheelSlot < BASE1 ? this.used0 : wheelSlot < BASE2 ? this.used1 : this.used2;
  }
}

/** The position of a wheel slot in its level. */
function positionOf(wheelSlot: number): number {
  if (wheelSlot < BASE1) return wheelSlot;
  return wheelSlot < BASE2 ? wheelSlot - BASE1 : wheelSlot - BASE2;
}

/** Stores the code of an entry's wheel slot. */
export function setCode(records: Int32Array, offset: number, code: number): void {
  const word = records[offset + DESTINATION];
  records[offset + DESTINATION] = (word & DESTINATION_BITS) | (code << CODE_SHIFT);
}
