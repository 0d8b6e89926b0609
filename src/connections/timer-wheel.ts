/**
 * The timers of all entries: a hierarchical wheel whose slots are lists that run through the entries.
 *
 * Three levels: 512 slots of 1 ms, 8192 of 256 ms, 4096 of about 17.5 minutes; together 49.7 days. A
 * level covers the present and the next window of the level above, so that the next window's entries can
 * be brought down while the present one is crossed: no millisecond has to wait for a large cascade.
 * An entry that was used only stores its new expiry; it moves when its old place comes up. All work is
 * metered: one unit per entry moved or run.
 * Source: Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
 */
import { DueHeap } from './due-heap.js';
import type { EntryStore } from './entry-store.js';
import {
  ARMED,
  BINDING,
  BINDING_BITS,
  EXPIRY,
  GENERATION,
  META,
  META_EXPIRING,
  PLACE_SHIFT,
  TIMEOUT,
  TIMER_NEXT,
  TIMER_PREVIOUS,
} from './record.js';
import { SlotSet } from './slot-set.js';

const NONE = -1;
const LEVEL0 = 512;
const LEVEL1 = 8192;
const LEVEL2 = 4096;
const BASE1 = LEVEL0;
const BASE2 = LEVEL0 + LEVEL1;
/** The place of an entry that has left the wheel and waits in the heap. */
const DUE = BASE2 + LEVEL2;
/** Distances above this (4.6 hours short of 2^32 ms) mean that the moment has passed. */
const PAST = 0xff000000;
/** Entries brought down ahead of time in one call that has nothing else to do. */
const AHEAD = 8;

/** Who is told that a timer has run out. */
export interface TimerOwner {
  /**
   * A timer has run out; it is no longer linked.
   *
   * @param slot - Whose timer it was.
   */
  timerDue(slot: number): void;
}

/** Timers of millisecond resolution over the entries of a store. */
export class TimerWheel {
  /** Every timer due before this moment has run, in milliseconds. */
  cursor = 0;
  private readonly heads = new Int32Array(DUE).fill(NONE);
  private readonly used0 = new SlotSet(LEVEL0);
  private readonly used1 = new SlotSet(LEVEL1);
  private readonly used2 = new SlotSet(LEVEL2);
  private readonly due = new DueHeap();
  private readonly store: EntryStore;
  private readonly owner: TimerOwner;

  constructor(store: EntryStore, owner: TimerOwner) {
    this.store = store;
    this.owner = owner;
  }

  /** Bytes of the wheel itself. */
  get bytes(): number {
    return this.heads.byteLength + (LEVEL0 + LEVEL1 + LEVEL2) / 8 + this.due.bytes;
  }

  /** A moment of a record as a full millisecond count. */
  timeOf(moment: number): number {
    const distance = (moment - this.cursor) >>> 0;
    return this.cursor + (distance > PAST ? distance - 0x1_0000_0000 : distance);
  }

  /** Whether one moment of a record may come before another: never wrong when it says no. */
  isEarlier(moment: number, other: number): boolean {
    const cursor = this.cursor | 0;
    return (moment - cursor) >>> 0 < (other - cursor) >>> 0;
  }

  /** Links an entry that has no timer by its expiry. */
  link(slot: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    this.insert(records, offset, slot, this.placeOf(records[offset + EXPIRY]));
  }

  /** Unlinks an entry, wherever it is. */
  unlink(slot: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const place = records[offset + BINDING] >>> PLACE_SHIFT;
    if (place < DUE) this.remove(records, offset, place);
  }

  /** Moves an entry whose expiry was brought forward, if its place would come up too late. */
  hasten(slot: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const place = records[offset + BINDING] >>> PLACE_SHIFT;
    if (place === DUE || this.timeOf(records[offset + EXPIRY]) >= this.startOf(place)) return;
    this.remove(records, offset, place);
    this.insert(records, offset, slot, this.placeOf(records[offset + EXPIRY]));
  }

  /** Moves on without running anything; only while there are no entries. */
  skipTo(moment: number): void {
    if (moment > this.cursor) this.cursor = moment;
  }

  /**
   * Runs what is due.
   *
   * @returns Whether all timers due before `limit` have run.
   */
  run(limit: number, budget: number): boolean {
    let left = budget;
    while (this.cursor < limit) {
      if (left <= 0) return false;
      if (this.work()) left--;
      else this.cursor = this.nextStop(limit);
    }
    this.bringAhead(Math.min(left, AHEAD));
    return true;
  }

  /** The earliest moment at which there may be something to do; infinite without timers. */
  nextDue(): number {
    if (this.due.size > 0) return this.cursor;
    for (const place of this.placesNow()) if (this.heads[place] !== NONE) return this.cursor;
    return this.nextStop(Infinity);
  }

  /** Does one unit of work at the present millisecond, if there is any. */
  private work(): boolean {
    const cursor = this.cursor | 0;
    const above = this.heads[BASE2 + (cursor >>> 20)];
    if (above !== NONE) return this.bringDown(above);
    const middle = this.heads[BASE1 + ((cursor >>> 8) & (LEVEL1 - 1))];
    if (middle !== NONE) return this.bringDown(middle);
    const slot = this.heads[cursor & (LEVEL0 - 1)];
    if (slot !== NONE) return this.collect(slot);
    return this.due.size > 0 && this.fire();
  }

  private placesNow(): readonly number[] {
    const cursor = this.cursor | 0;
    return [
      BASE2 + (cursor >>> 20),
      BASE1 + ((cursor >>> 8) & (LEVEL1 - 1)),
      cursor & (LEVEL0 - 1),
    ];
  }

  private bringDown(slot: number): true {
    this.unlink(slot);
    this.link(slot);
    return true;
  }

  /** Takes an entry out of the present millisecond: to the heap, or on to its later expiry. */
  private collect(slot: number): true {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    this.unlink(slot);
    if (this.timeOf(records[offset + EXPIRY]) > this.cursor) {
      this.link(slot);
      return true;
    }
    setPlace(records, offset, DUE);
    const timeout =
      (records[offset + META] & META_EXPIRING) === 0 ? records[offset + TIMEOUT] >>> 0 : 0;
    this.due.push(slot, records[offset + GENERATION], timeout, records[offset + ARMED]);
    return true;
  }

  private fire(): true {
    const slot = this.due.slot;
    const generation = this.due.generation;
    this.due.pop();
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    if (records[offset + GENERATION] !== generation) return true;
    if (this.timeOf(records[offset + EXPIRY]) > this.cursor) this.link(slot);
    else this.owner.timerDue(slot);
    return true;
  }

  /** The next moment with work after the present one, at most `limit`. */
  private nextStop(limit: number): number {
    const cursor = this.cursor;
    const window = Math.floor(cursor / 256);
    const ahead0 = this.used0.distance(cursor & (LEVEL0 - 1));
    let stop = ahead0 === 0 ? limit : Math.min(limit, cursor + ahead0);
    if (stop < (window + 1) * 256) return stop;
    const ahead1 = this.used1.distance(window & (LEVEL1 - 1));
    if (ahead1 !== 0) stop = Math.min(stop, (window + ahead1) * 256);
    const era = Math.floor(cursor / 0x100000);
    if (stop < (era + 1) * 0x100000) return stop;
    const ahead2 = this.used2.distance(era & (LEVEL2 - 1));
    return ahead2 === 0 ? stop : Math.min(stop, (era + ahead2) * 0x100000);
  }

  /** Brings some entries of the next windows down before their time. */
  private bringAhead(budget: number): void {
    const cursor = this.cursor | 0;
    const middle = BASE1 + (((cursor >>> 8) + 1) & (LEVEL1 - 1));
    const above = BASE2 + (((cursor >>> 20) + 1) & (LEVEL2 - 1));
    for (let left = budget; left > 0; left--) {
      const slot = this.heads[middle] === NONE ? this.heads[above] : this.heads[middle];
      if (slot === NONE) return;
      this.bringDown(slot);
    }
  }

  private placeOf(expiry: number): number {
    const cursor = this.cursor | 0;
    const moment = (expiry - cursor) >>> 0 > PAST ? cursor : expiry;
    if ((((moment >>> 8) - (cursor >>> 8)) & 0xffffff) <= 1) return moment & (LEVEL0 - 1);
    if ((((moment >>> 20) - (cursor >>> 20)) & 0xfff) <= 1) {
      return BASE1 + ((moment >>> 8) & (LEVEL1 - 1));
    }
    return BASE2 + (moment >>> 20);
  }

  /** The first millisecond at which a place comes up. */
  private startOf(place: number): number {
    const cursor = this.cursor;
    if (place < BASE1) return cursor + ((place - cursor) & (LEVEL0 - 1));
    const width = place < BASE2 ? 256 : 0x100000;
    const size = place < BASE2 ? LEVEL1 : LEVEL2;
    const window = Math.floor(cursor / width);
    const index = place - (place < BASE2 ? BASE1 : BASE2);
    return (window + ((index - window) & (size - 1))) * width;
  }

  private insert(records: Int32Array, offset: number, slot: number, place: number): void {
    const next = this.heads[place];
    records[offset + TIMER_NEXT] = next;
    records[offset + TIMER_PREVIOUS] = ~place;
    setPlace(records, offset, place);
    this.heads[place] = slot;
    if (next === NONE) this.mark(place, true);
    else this.store.recordsOf(next)[this.store.offsetOf(next) + TIMER_PREVIOUS] = slot;
  }

  private remove(records: Int32Array, offset: number, place: number): void {
    const next = records[offset + TIMER_NEXT];
    const previous = records[offset + TIMER_PREVIOUS];
    if (next !== NONE) {
      this.store.recordsOf(next)[this.store.offsetOf(next) + TIMER_PREVIOUS] = previous;
    }
    if (previous >= 0) {
      this.store.recordsOf(previous)[this.store.offsetOf(previous) + TIMER_NEXT] = next;
      return;
    }
    this.heads[place] = next;
    if (next === NONE) this.mark(place, false);
  }

  private mark(place: number, used: boolean): void {
    if (place < BASE1) this.used0.set(place, used);
    else if (place < BASE2) this.used1.set(place - BASE1, used);
    else this.used2.set(place - BASE2, used);
  }
}

function setPlace(records: Int32Array, offset: number, place: number): void {
  records[offset + BINDING] = (records[offset + BINDING] & BINDING_BITS) | (place << PLACE_SHIFT);
}
