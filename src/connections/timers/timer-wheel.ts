/**
 * The timers of all entries: a hierarchical wheel whose slots are lists that run through the entries.
 *
 * An entry that was used only stores its new expiry; it moves when its old place comes up. A new entry waits for
 * time to go on before it is given a place: its first packet may change its timeout. Slots of the coarser levels are
 * brought down ahead of time, a few entries per call, so that no millisecond has to wait for many. All work is metered,
 * an entry moved or run at a time. Of timers due together the one armed last runs first ({@link DueTimers}).
 * Source: Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
 */
import { DueTimers } from './due-timers.js';
import type { EntryStore } from '../entries/entry-store.js';
import {
  ARMED,
  BINDING,
  BINDING_BITS,
  EXPIRY,
  META,
  META_EXPIRING,
  PLACE_SHIFT,
  TIMEOUT,
  TIMER_NEXT,
  TIMER_PREVIOUS,
} from '../entries/record.js';
import { SlotSet } from './slot-set.js';
import {
  AHEAD1,
  BASE1,
  BASE2,
  CODE_DUE,
  codeOf,
  latestOf,
  LEVEL0,
  LEVEL1,
  LEVEL2,
  PAST,
  placeOf,
  PLACES,
} from './wheel-slots.js';

const NONE = -1;
/** Entries brought down ahead of time in one call. */
const AHEAD_BUDGET = 64;
/** How many new entries wait at most for a place. */
const MOST_WAITING = 16;

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
  /** The first entry of each place, plus 1; 0 = none. */
  private readonly heads = new Int32Array(PLACES);
  private readonly used0 = new SlotSet(LEVEL0);
  private readonly used1 = new SlotSet(LEVEL1);
  private readonly used2 = new SlotSet(LEVEL2);
  private readonly due = new DueTimers();
  private readonly store: EntryStore;
  private readonly owner: TimerOwner;
  private readonly waiting = new Int32Array(MOST_WAITING);
  private waitingCount = 0;
  /** The second level's slot that is brought down next, counted from the origin of time. */
  private ahead = 0;

  /** Made by a table. @internal */
  constructor(store: EntryStore, owner: TimerOwner) {
    this.store = store;
    this.owner = owner;
  }

  /** Bytes of the wheel itself. */
  get bytes(): number {
    const sets = this.used0.bytes + this.used1.bytes + this.used2.bytes;
    return this.heads.byteLength + sets + this.due.bytes;
  }

  /** A moment of a record as a full millisecond count. */
  timeOf(moment: number): number {
    const distance = (moment - this.cursor) >>> 0;
    return this.cursor + (distance > PAST ? distance - 0x1_0000_0000 : distance);
  }

  /** Whether one moment of a record may come before another: never wrong when it says no. */
  isEarlier(moment: number, other: number): boolean {
    const cursor = this.cursor | 0;
    const distance = (moment - cursor) >>> 0;
    return distance < (other - cursor) >>> 0 || distance > PAST;
  }

  /** Takes a new entry, which is linked by the expiry it has when time goes on. */
  introduce(slot: number): void {
    // The last one has to wait as well: its timeout is yet to be changed.
    if (this.waitingCount === MOST_WAITING) this.settle();
    this.waiting[this.waitingCount++] = slot;
  }

  /** Links an entry that has no timer by its expiry. */
  link(slot: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const place = placeOf(records[offset + EXPIRY], this.cursor | 0);
    const next = this.heads[place] - 1;
    records[offset + TIMER_NEXT] = next;
    records[offset + TIMER_PREVIOUS] = ~place;
    setCode(records, offset, codeOf(place));
    this.heads[place] = slot + 1;
    if (next === NONE) this.setOf(place).add(positionOf(place));
    else this.store.recordsOf(next)[this.store.offsetOf(next) + TIMER_PREVIOUS] = slot;
  }

  /** Unlinks an entry, wherever it is. */
  unlink(slot: number): void {
    if (this.waitingCount !== 0) this.settle();
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    if (records[offset + BINDING] >>> PLACE_SHIFT === CODE_DUE) {
      // What waits in the heap is passed over.
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
    if (next === NONE) this.setOf(~previous).delete(positionOf(~previous));
  }

  /** Moves an entry whose expiry was brought forward, unless its place comes up early enough. */
  hasten(slot: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const code = records[offset + BINDING] >>> PLACE_SHIFT;
    if (code === CODE_DUE) return;
    const cursor = this.cursor | 0;
    const distance = (records[offset + EXPIRY] - cursor) >>> 0;
    if (distance >= latestOf(code, cursor) && distance <= PAST) return;
    this.unlink(slot);
    this.link(slot);
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
    this.settle();
    let left = budget;
    while (this.cursor < limit) {
      if (left <= 0) return false;
      if (this.work()) left--;
      else this.cursor = this.nextStop(limit);
    }
    this.bringAhead(Math.min(left, AHEAD_BUDGET));
    return true;
  }

  /** The earliest moment at which there may be something to do; infinite without timers. */
  nextDue(): number {
    this.settle();
    return this.due.size > 0 || this.occupied() ? this.cursor : this.nextStop(Infinity);
  }

  /** Links the new entries, the oldest first. */
  private settle(): void {
    for (let i = 0; i < this.waitingCount; i++) this.link(this.waiting[i]);
    this.waitingCount = 0;
  }

  /** Does one unit of work at the present millisecond, if there is any. */
  private work(): boolean {
    const cursor = this.cursor | 0;
    const heads = this.heads;
    const above = heads[BASE2 + (cursor >>> 20)];
    if (above !== 0) return this.bringDown(above - 1);
    const middle = heads[BASE1 + ((cursor >>> 8) & (LEVEL1 - 1))];
    if (middle !== 0) return this.bringDown(middle - 1);
    const place = cursor & (LEVEL0 - 1);
    const head = heads[place];
    if (head !== 0) return this.collect(head - 1, place);
    return this.due.size > 0 && this.fire();
  }

  /** Whether a place is in use that belongs to the present millisecond. */
  private occupied(): boolean {
    const cursor = this.cursor | 0;
    const middle = this.heads[BASE1 + ((cursor >>> 8) & (LEVEL1 - 1))];
    return (this.heads[BASE2 + (cursor >>> 20)] | middle | this.heads[cursor & (LEVEL0 - 1)]) !== 0;
  }

  private bringDown(slot: number): true {
    this.unlink(slot);
    this.link(slot);
    return true;
  }

  /** Takes the first entry out of the place of the present millisecond: to those due, or on to its later expiry. */
  private collect(slot: number, place: number): true {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const next = records[offset + TIMER_NEXT];
    this.heads[place] = next + 1;
    if (next === NONE) this.used0.delete(place);
    else this.store.recordsOf(next)[this.store.offsetOf(next) + TIMER_PREVIOUS] = ~place;
    if (this.isToCome(records[offset + EXPIRY])) {
      this.link(slot);
      return true;
    }
    setCode(records, offset, CODE_DUE);
    const expiring = (records[offset + META] & META_EXPIRING) !== 0;
    const timeout = expiring ? 0 : records[offset + TIMEOUT] >>> 0;
    records[offset + TIMER_NEXT] = this.due.push(slot, timeout, records[offset + ARMED]);
    return true;
  }

  private fire(): true {
    const slot = this.due.pop();
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    if (records[offset + BINDING] >>> PLACE_SHIFT !== CODE_DUE) return true;
    if (records[offset + TIMER_NEXT] !== this.due.ticket) return true;
    if (this.isToCome(records[offset + EXPIRY])) this.link(slot);
    else this.owner.timerDue(slot);
    return true;
  }

  /** Whether a moment of a record is later than the present millisecond. */
  private isToCome(moment: number): boolean {
    const distance = (moment - (this.cursor | 0)) >>> 0;
    return distance !== 0 && distance <= PAST;
  }

  /** The next moment with work after the present one, at most `limit`. */
  private nextStop(limit: number): number {
    const cursor = this.cursor;
    const ahead0 = this.used0.distance(cursor & (LEVEL0 - 1));
    let stop = ahead0 === 0 ? limit : Math.min(limit, cursor + ahead0);
    const window = Math.floor(cursor / 256);
    if (stop < Math.max(window + 1, this.ahead) * 256) return stop;
    const ahead1 = this.used1.distance(window & (LEVEL1 - 1));
    if (ahead1 !== 0) stop = Math.min(stop, (window + ahead1) * 256);
    const era = Math.floor(cursor / 0x100000);
    if (stop < (era + 1) * 0x100000) return stop;
    const ahead2 = this.used2.distance(era & (LEVEL2 - 1));
    return ahead2 === 0 ? stop : Math.min(stop, (era + ahead2) * 0x100000);
  }

  /** Brings some entries of the coming slots of the coarser levels down before their time. */
  private bringAhead(budget: number): void {
    const window = Math.floor(this.cursor / 256);
    if (this.ahead <= window) this.ahead = window + 1;
    for (let left = budget; left > 0; left--) {
      const head = this.heads[BASE1 + (this.ahead & (LEVEL1 - 1))];
      if (head !== 0) this.bringDown(head - 1);
      else if (this.ahead < window + AHEAD1) this.ahead++;
      else break;
    }
    this.bringEraAhead(window, budget);
  }

  /** The same for the next slot of the third level, all of which the second one reaches by now. */
  private bringEraAhead(window: number, budget: number): void {
    if (window % LEVEL2 < 2) return;
    const era = BASE2 + ((Math.floor(window / LEVEL2) + 1) & (LEVEL2 - 1));
    for (let left = budget; left > 0 && this.heads[era] !== 0; left--) {
      this.bringDown(this.heads[era] - 1);
    }
  }

  private setOf(place: number): SlotSet {
    return place < BASE1 ? this.used0 : place < BASE2 ? this.used1 : this.used2;
  }
}

function positionOf(place: number): number {
  return place < BASE1 ? place : place < BASE2 ? place - BASE1 : place - BASE2;
}

function setCode(records: Int32Array, offset: number, code: number): void {
  records[offset + BINDING] = (records[offset + BINDING] & BINDING_BITS) | (code << PLACE_SHIFT);
}
