/**
 * The timers of all entries: a hierarchical wheel whose slots are lists through the records of entries.
 *
 * A restart only stores the new expiry; the entry moves when its old wheel slot is processed. New entries are queued
 * and get their wheel slot when time moves on, since their first packet may change their timeout. Coarse slots cascade
 * ahead of time, a few entries per call, so that no single tick has a long cascade. All work is metered: one unit per
 * entry moved or run. When the budget leaves the wheel more than {@link MOST_BEHIND} behind, the moments of new timers do
 * not fit beside the old ones: they are in a list of their own until the wheel has caught up. Of timers due together
 * the one armed last runs first ({@link ReadyQueue}).
 * Source: Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
 */
import type { EntryStore } from '../entries/entry-store.js';
import {
  ARMED,
  CODE_SHIFT,
  DESTINATION,
  EXPIRY,
  MANY_SLOTS,
  META,
  META_EXPIRING,
  TIMEOUT,
  TIMER_NEXT,
} from '../entries/record.js';
import { ReadAhead } from './read-ahead.js';
import { ReadyQueue } from './ready-queue.js';
import { setCode, TimerLists } from './timer-lists.js';
import {
  AHEAD1,
  BASE1,
  BASE2,
  CODE_DUE,
  CODE_LATER,
  LATER,
  latestOf,
  LEVEL0,
  LEVEL1,
  LEVEL2,
  MOST_BEHIND,
  MOST_LONGER,
  PAST,
  WHEEL_BYTES,
  wheelSlotOf,
} from './wheel-slots.js';

const NONE = -1;
/** Entries that cascade ahead of time in one call. */
const AHEAD_BUDGET = 64;
/** How many new entries are queued at most. */
const MOST_PENDING = 16;

/** Receives the timers that have run out. */
export interface TimerOwner {
  /**
   * A timer has run out; its entry is no longer linked.
   *
   * @param slot - The entry.
   */
  timerDue(slot: number): void;
}

/** Timers of millisecond resolution over the entries of a store. */
export class TimerWheel {
  /** Every timer due before this moment has run, in milliseconds. */
  cursor = 0;
  private readonly lists: TimerLists;
  /** The first entry of each wheel slot, plus 1; 0 = none. */
  private readonly heads: Int32Array;
  private readonly ready = new ReadyQueue();
  private readonly readAhead: ReadAhead;
  private readonly store: EntryStore;
  private readonly owner: TimerOwner;
  /** New entries without a wheel slot. */
  private readonly pending = new Int32Array(MOST_PENDING);
  private pendingCount = 0;
  /** The present time while the wheel is far behind it; −1 while it is not. */
  private presentMs = NONE;
  /** Distances above this count as past: all of them while the wheel is far behind. */
  private past = PAST;
  /** The second level's slot that cascades next, counted from the origin of time. */
  private ahead = 0;
  /** There is no work before this moment; −1 when there may be some at once. */
  private quietUntil = NONE;

  /**
   * @param store - The records.
   * @param owner - Receives the timers that have run out.
   */
  constructor(store: EntryStore, owner: TimerOwner) {
    this.store = store;
    this.owner = owner;
    this.lists = new TimerLists(store);
    this.heads = this.lists.heads;
    this.readAhead = new ReadAhead(store, this.heads);
  }

  /** Bytes of the wheel itself. */
  get bytes(): number {
    return WHEEL_BYTES + this.ready.bytes;
  }

  /** When the timer of an entry is due, as a full millisecond count. */
  dueOf(slot: number): number {
    if (this.presentMs !== NONE) this.flush();
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const isLater = records[offset + DESTINATION] >>> CODE_SHIFT === CODE_LATER;
    const origin = isLater && this.presentMs !== NONE ? this.presentMs : this.cursor;
    const distance = (records[offset + EXPIRY] - origin) >>> 0;
    return origin + (distance > PAST ? distance - 0x1_0000_0000 : distance);
  }

  /** Whether one moment of a record may come before another; `false` is always right. */
  isEarlier(moment: number, other: number): boolean {
    const cursor = this.cursor | 0;
    const distance = (moment - cursor) >>> 0;
    return distance < (other - cursor) >>> 0 || distance > this.past;
  }

  /** Queues a new entry. It is linked by the expiry that it has when time moves on. */
  add(slot: number): void {
    // The last one is queued as well: its timeout is yet to be changed.
    if (this.pendingCount === MOST_PENDING) this.flush();
    this.pending[this.pendingCount++] = slot;
  }

  /** Links an entry that has no timer by its expiry. */
  link(slot: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    this.linkTo(wheelSlotOf(records[offset + EXPIRY], this.cursor | 0), slot, records, offset);
  }

  private linkTo(wheelSlot: number, slot: number, records: Int32Array, offset: number): void {
    if (!this.lists.link(wheelSlot, slot, records, offset)) return;
    const due = this.cursor + ((wheelSlot - this.cursor) & (LEVEL0 - 1));
    if (due < this.quietUntil) this.quietUntil = due;
  }

  /** {@link TimerWheel.link} of an entry that is armed now, perhaps while the wheel is far behind. */
  private linkNow(slot: number): void {
    if (this.presentMs === NONE) this.link(slot);
    else this.linkTo(LATER, slot, this.store.recordsOf(slot), this.store.offsetOf(slot));
  }

  /** Unlinks an entry, wherever it is. */
  unlink(slot: number): void {
    if (this.pendingCount !== 0) this.flush();
    this.lists.unlink(slot);
  }

  /** Unlinks an entry that has left the table, and frees its slot: in a large table together with others that leave. */
  remove(slot: number): void {
    if (this.store.slots >= MANY_SLOTS) {
      if (this.lists.add(slot)) this.flush();
      return;
    }
    this.unlink(slot);
    this.store.free(slot);
  }

  /** Moves an entry that has become due earlier, unless its wheel slot is processed early enough. */
  advanceTimer(slot: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const code = records[offset + DESTINATION] >>> CODE_SHIFT;
    if (code === CODE_LATER) return;
    if (this.presentMs === NONE) {
      if (code === CODE_DUE) return;
      const cursor = this.cursor | 0;
      const distance = (records[offset + EXPIRY] - cursor) >>> 0;
      if (distance >= latestOf(code, cursor) && distance <= PAST) return;
    }
    this.unlink(slot);
    this.linkNow(slot);
  }

  /** Moves time on without running anything; only while there are no entries. */
  skipTo(moment: number): void {
    if (moment > this.cursor) this.moveTo(moment);
  }

  /**
   * Runs the timers that are due before a moment.
   *
   * @param limit - The moment.
   * @param budget - How many units of work may be done.
   * @returns Whether all of them have run.
   */
  run(limit: number, budget: number): boolean {
    if (this.pendingCount !== 0 || this.lists.pendingCount !== 0) this.flush();
    if (limit > this.quietUntil) return this.runDue(limit, budget);
    if (limit > this.cursor) this.moveTo(limit);
    return true;
  }

  /** {@link TimerWheel.run} when there may be work: apart from it, so that most calls are short. */
  private runDue(limit: number, budget: number): boolean {
    let left = budget;
    while (this.cursor < limit) {
      if (left <= 0 && this.mayStop(limit)) return false;
      if (this.work()) left--;
      else this.moveOn(limit);
    }
    const isAhead = this.cascadeAhead(Math.min(left, AHEAD_BUDGET));
    // Before the next window there is nothing to cascade ahead either.
    const nextWindow = (Math.floor(this.cursor / 256) + 1) * 256;
    this.quietUntil = isAhead ? this.nextWork(nextWindow) : NONE;
    return true;
  }

  /**
   * Whether the wheel may stay at the current millisecond. When time moves on by more than {@link MOST_LONGER} while the
   * wheel is far behind, that is worked off in one go.
   */
  private mayStop(limit: number): boolean {
    if (this.presentMs !== NONE) return limit - this.presentMs <= MOST_LONGER;
    if (limit - this.cursor <= MOST_BEHIND) return true;
    // The list is emptied before it takes timers of another time.
    if (this.heads[LATER] !== 0) return false;
    this.presentMs = limit;
    this.past = NONE;
    this.quietUntil = NONE;
    return true;
  }

  /** Moves on to the next work, at most to a moment, and not past the one at which the wheel has caught up. */
  private moveOn(limit: number): void {
    const caughtUp = this.presentMs === NONE ? limit : this.presentMs - MOST_BEHIND;
    this.moveTo(this.nextStop(Math.min(limit, caughtUp)));
  }

  /** Moves on to a moment. */
  private moveTo(moment: number): void {
    this.readAhead.moveTo(this.cursor, moment);
    this.cursor = moment;
    if (this.presentMs === NONE || this.presentMs - moment > MOST_BEHIND) return;
    this.presentMs = NONE;
    this.past = PAST;
  }

  /** The earliest moment at which there may be work; infinite without timers. */
  nextDue(): number {
    this.flush();
    return this.nextWork(Infinity);
  }

  /** Links the queued entries, the oldest first, and unlinks those that have left. */
  private flush(): void {
    for (let i = 0; i < this.pendingCount; i++) this.linkNow(this.pending[i]);
    this.pendingCount = 0;
    if (this.lists.pendingCount !== 0) this.lists.flush();
  }

  /** Does one unit of work at the current millisecond, if there is any. */
  private work(): boolean {
    const cursor = this.cursor | 0;
    const heads = this.heads;
    const coarse = this.coarseHead(cursor);
    if (coarse !== 0) return this.cascade(coarse - 1);
    const wheelSlot = cursor & (LEVEL0 - 1);
    if (heads[wheelSlot] !== 0) return this.collect(heads[wheelSlot] - 1, wheelSlot);
    return this.ready.size > 0 && this.fire();
  }

  /** An entry that has to cascade at a millisecond, plus 1; 0 = there is none. */
  private coarseHead(cursor: number): number {
    const { heads } = this;
    const later = this.presentMs === NONE ? heads[LATER] : 0;
    return (
      later || heads[BASE2 + (cursor >>> 20)] || heads[BASE1 + ((cursor >>> 8) & (LEVEL1 - 1))]
    );
  }

  /** The next moment with work: the current one when a timer is ready, has to cascade, or is in its wheel slot. */
  private nextWork(limit: number): number {
    const { heads } = this;
    const cursor = this.cursor | 0;
    const head = heads[LATER] | this.coarseHead(cursor) | heads[cursor & (LEVEL0 - 1)];
    return head !== 0 || this.ready.size > 0 ? this.cursor : this.nextStop(limit);
  }

  /** Moves an entry to the wheel slot of its expiry. */
  private cascade(slot: number): true {
    this.unlink(slot);
    this.link(slot);
    return true;
  }

  /** Takes the first entry out of the current wheel slot: to the ready queue, or to the slot of its later expiry. */
  private collect(slot: number, wheelSlot: number): true {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    this.readAhead.timerTaken();
    this.lists.unlinkFirst(wheelSlot, records, offset);
    if (this.isInFuture(records[offset + EXPIRY])) {
      this.link(slot);
      return true;
    }
    setCode(records, offset, CODE_DUE);
    const expiring = (records[offset + META] & META_EXPIRING) !== 0;
    const timeout = expiring ? 0 : records[offset + TIMEOUT] >>> 0;
    records[offset + TIMER_NEXT] = this.ready.push(slot, timeout, records[offset + ARMED]);
    return true;
  }

  /** Runs the next ready timer, unless its entry was removed or restarted. */
  private fire(): true {
    const slot = this.ready.pop();
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    if (records[offset + DESTINATION] >>> CODE_SHIFT !== CODE_DUE) return true;
    if (records[offset + TIMER_NEXT] !== this.ready.ticket) return true;
    if (this.isInFuture(records[offset + EXPIRY])) this.link(slot);
    else this.owner.timerDue(slot);
    // An observer may have removed others.
    if (this.lists.pendingCount !== 0) this.flush();
    return true;
  }

  /** Whether a moment of a record is later than the current millisecond. */
  private isInFuture(moment: number): boolean {
    const distance = (moment - (this.cursor | 0)) >>> 0;
    return distance !== 0 && distance <= PAST;
  }

  /** The next moment with work after the current one, at most `limit`. */
  private nextStop(limit: number): number {
    const cursor = this.cursor;
    const ahead0 = this.lists.used0.distance(cursor);
    let stop = ahead0 === 0 ? limit : Math.min(limit, cursor + ahead0);
    const window = Math.floor(cursor / 256);
    if (stop < Math.max(window + 1, this.ahead) * 256) return stop;
    const ahead1 = this.lists.used1.distance(window);
    if (ahead1 !== 0) stop = Math.min(stop, (window + ahead1) * 256);
    const era = Math.floor(cursor / 0x100000);
    if (stop < (era + 1) * 0x100000) return stop;
    const ahead2 = this.lists.used2.distance(era);
    return ahead2 === 0 ? stop : Math.min(stop, (era + ahead2) * 0x100000);
  }

  /** Cascades some entries of the coming slots of the coarse levels ahead of time. Returns whether none are left. */
  private cascadeAhead(budget: number): boolean {
    const window = Math.floor(this.cursor / 256);
    if (this.ahead <= window) this.ahead = window + 1;
    for (let left = budget; left > 0 && this.ahead < window + AHEAD1; left--) {
      const head = this.heads[BASE1 + (this.ahead & (LEVEL1 - 1))];
      if (head !== 0) this.cascade(head - 1);
      else this.ahead++;
    }
    return this.cascadeEraAhead(window, budget) && this.ahead >= window + AHEAD1;
  }

  /** The same for the next slot of the third level, all of which the second one reaches by now. */
  private cascadeEraAhead(window: number, budget: number): boolean {
    if (window % LEVEL2 < 2) return true;
    const era = BASE2 + ((Math.floor(window / LEVEL2) + 1) & (LEVEL2 - 1));
    for (let left = budget; left > 0 && this.heads[era] !== 0; left--) {
      this.cascade(this.heads[era] - 1);
    }
    return this.heads[era] === 0;
  }
}
