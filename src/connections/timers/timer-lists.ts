/**
 * The lists of the wheel slots: doubly linked, through the records of entries.
 *
 * Entries that leave the table are queued, at most 16, and unlinked together: what is written to their neighbors is then
 * on its way to memory at the same time. Until then such an entry has its slot number, and its record only the
 * references to its neighbors. Cost: constant per entry.
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
  codeOf,
  LATER,
  LEVEL0,
  LEVEL1,
  LEVEL2,
  WHEEL_SLOTS,
} from './wheel-slots.js';

const NONE = -1;
/** How many entries that leave are queued at most. */
const MOST_PENDING = 16;

/** Lists of entries by wheel slot. */
export class TimerLists {
  /** The first entry of each wheel slot, plus 1; 0 = none. */
  readonly heads: Int32Array = new Int32Array(WHEEL_SLOTS);
  /** The wheel slots of each level that have entries. */
  readonly used0: SlotSet = new SlotSet(LEVEL0);
  readonly used1: SlotSet = new SlotSet(LEVEL1);
  readonly used2: SlotSet = new SlotSet(LEVEL2);
  /** How many entries that leave are queued. */
  pendingCount = 0;
  private readonly pending = new Int32Array(MOST_PENDING);
  private readonly store: EntryStore;

  /** @param store - The records. */
  constructor(store: EntryStore) {
    this.store = store;
  }

  /** Links an entry to a wheel slot, as its first. Returns whether the slot was empty. */
  link(wheelSlot: number, slot: number, records: Int32Array, offset: number): boolean {
    const next = this.heads[wheelSlot] - 1;
    records[offset + TIMER_NEXT] = next;
    records[offset + TIMER_PREVIOUS] = ~wheelSlot;
    setCode(records, offset, codeOf(wheelSlot));
    this.heads[wheelSlot] = slot + 1;
    if (next !== NONE) {
      this.store.recordsOf(next)[this.store.offsetOf(next) + TIMER_PREVIOUS] = slot;
      return false;
    }
    this.setOf(wheelSlot)?.add(wheelSlot);
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
    if (next === NONE) this.setOf(~previous)?.delete(~previous);
  }

  /** Unlinks the first entry of a wheel slot of the first level. */
  unlinkFirst(wheelSlot: number, records: Int32Array, offset: number): void {
    const next = records[offset + TIMER_NEXT];
    this.heads[wheelSlot] = next + 1;
    if (next === NONE) this.used0.delete(wheelSlot);
    else this.store.recordsOf(next)[this.store.offsetOf(next) + TIMER_PREVIOUS] = ~wheelSlot;
  }

  /** Queues an entry that has left the table. Returns whether the queue is full. */
  add(slot: number): boolean {
    this.pending[this.pendingCount++] = slot;
    return this.pendingCount === MOST_PENDING;
  }

  /** Unlinks the entries that are queued, all of which are linked, and frees their slots. */
  flush(): void {
    const { pending, pendingCount } = this;
    for (let i = 0; i < pendingCount; i++) {
      this.unlink(pending[i]);
      this.store.free(pending[i]);
    }
    this.pendingCount = 0;
  }

  /** The set of used slots that a wheel slot belongs to; {@link LATER} has none. */
  private setOf(wheelSlot: number): SlotSet | undefined {
    if (wheelSlot === LATER) return undefined;
    return wheelSlot < BASE1 ? this.used0 : wheelSlot < BASE2 ? this.used1 : this.used2;
  }
}

/** Stores the code of an entry's wheel slot. */
export function setCode(records: Int32Array, offset: number, code: number): void {
  const word = records[offset + DESTINATION];
  records[offset + DESTINATION] = (word & DESTINATION_BITS) | (code << CODE_SHIFT);
}
