/**
 * Reads the records of timers that are due soon, so that their cache misses overlap.
 *
 * The timers of a wheel slot are a list through records, each of which has to arrive from memory before the next one is
 * known. So the lists of the next eight milliseconds are walked together, a step of each at a time: eight records that do
 * not wait for each other. Only the positions are kept, as hints: an entry may have left its list meanwhile, and then the
 * walk goes anywhere. Nothing changes. Cost: a step per eight timers.
 */
import type { EntryStore } from '../entries/entry-store.js';
import { CLIENT, MANY_SLOTS, TIMER_NEXT } from '../entries/record.js';
import { LEVEL0 } from './wheel-slots.js';

/** How many lists are walked together: as many as timers for one step. */
const LISTS = 8;

/** Walks through the lists of the coming milliseconds. */
export class ReadAhead {
  /** The next entry of each list, by the lowest bits of its millisecond; −1 at its end. */
  private readonly hints = new Int32Array(LISTS).fill(-1);
  private timers = 0;
  /** Stored, so that the engine does not remove the reads. */
  protected read = 0;
  private readonly store: EntryStore;
  private readonly heads: Int32Array;

  /**
   * @param store - The records.
   * @param heads - The first entry of each wheel slot, plus 1; 0 = none.
   */
  constructor(store: EntryStore, heads: Int32Array) {
    this.store = store;
    this.heads = heads;
  }

  /** Time moves from one millisecond to a later one. */
  moveTo(before: number, moment: number): void {
    if (this.store.slots < MANY_SLOTS) return;
    const { heads, hints } = this;
    for (let ms = Math.max(before, moment - LISTS) + LISTS + 1; ms <= moment + LISTS; ms++) {
      hints[ms & (LISTS - 1)] = heads[ms & (LEVEL0 - 1)] - 1;
    }
  }

  /** A timer was taken out of its list. */
  timerTaken(): void {
    this.timers = (this.timers + 1) & (LISTS - 1);
    if (this.timers === 0 && this.store.slots >= MANY_SLOTS) this.step();
  }

  private step(): void {
    const { hints, store } = this;
    const { slots } = store;
    let read = 0;
    for (let list = 0; list < LISTS; list++) {
      const slot = hints[list];
      if (slot >>> 0 >= slots) continue;
      const records = store.recordsOf(slot);
      const offset = store.offsetOf(slot);
      // A record may cross a cache line: both ends are read.
      read ^= records[offset + CLIENT];
      hints[list] = records[offset + TIMER_NEXT];
    }
    this.read = read;
  }
}
