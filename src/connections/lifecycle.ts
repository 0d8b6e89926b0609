/**
 * InitialState, use, timer and death of table entries.
 *
 * A timer due at T runs in the first `advance` whose time is later than T; until it has run the entry is
 * found. Times are milliseconds of the caller's clock, rounded up to whole ones. An entry that controls
 * others does not die: it is re-armed for 60 s, for good. Cost: constant per call, no allocation.
 */
import type { InitialState } from './entries/initial-state.js';
import { EntryEditor, TEMPLATE_ASSURED } from './entry-editor.js';
import type { ConnectionTableObserver } from './connection-table-observer.js';
import { countClosed } from './entries/server-counters.js';
import type { ConnectionKey } from './connection-key.js';
import {
  FLAG_BITS,
  FLAG_HASHED,
  FLAG_INACTIVE,
  FLAG_NO_CLIENT_PORT,
  FLAG_TEMPLATE,
} from './entries/flags.js';
import type { RandomSource } from '../random.js';
import {
  ARMED,
  BINDING,
  BINDING_BITS,
  CLIENT,
  EXPIRY,
  META,
  META_DROPPED,
  META_EXPIRING,
  META_IPV6,
  PACKETS,
  PORTS,
  PROTOCOL_SHIFT,
  STATE_SHIFT,
  TIMEOUT,
  VIRTUAL,
} from './entries/record.js';
import { TimerWheel } from './timers/timer-wheel.js';

/** What a template is re-armed for when its time is up and it still controls connections. */
export const REARM_MS = 60_000;
/** The greatest timeout: 32 days. */
export const MAX_TIMEOUT_MS: number = 32 * 86_400_000;
const NONE = -1;

/** An {@link EntryEditor} whose entries are born and die. */
export class EntryLifecycle extends EntryEditor {
  /** Who is told about entries that leave or are re-armed. */
  observer: ConnectionTableObserver = {};
  /** The timers of all entries. */
  protected readonly timers: TimerWheel = new TimerWheel(this.store, this);
  /** The running number of the last arming. */
  protected armed = 0;
  private readonly latenessMs: number;

  /**
   * @param random - Draws the hash function.
   * @param latenessMs - By how much timers are taken to run late when a template is re-armed.
   */
  constructor(random: RandomSource, latenessMs: number) {
    super(random);
    this.latenessMs = latenessMs;
  }

  /** How many entries there are, templates included. */
  get size(): number {
    return this.index.size;
  }

  /**
   * Restarts an entry's timer from its timeout.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   */
  touch(slot: number, now: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    if ((records[offset + META] & (META_DROPPED | META_EXPIRING)) === 0) {
      this.restart(slot, records, offset, now);
      return;
    }
    if ((records[offset + META] & META_DROPPED) !== 0) records[offset + TIMEOUT] = 0;
    this.arm(slot, Math.ceil(now) + (records[offset + TIMEOUT] >>> 0));
  }

  /**
   * Counts a packet of the client and restarts the timer: `countPacket` and `touch` in one go.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   */
  use(slot: number, now: number): void {
    this.store.recordsOf(slot)[this.store.offsetOf(slot) + PACKETS] += 1;
    this.touch(slot, now);
  }

  /** {@link EntryLifecycle.use} of an entry that is not on its way out, whose record is at hand. @internal */
  useRecord(slot: number, records: Int32Array, offset: number, now: number): void {
    records[offset + PACKETS] += 1;
    this.restart(slot, records, offset, now);
  }

  /** {@link EntryLifecycle.touch} of an entry that is not on its way out, whose record is at hand. */
  private restart(slot: number, records: Int32Array, offset: number, now: number): void {
    const before = records[offset + EXPIRY];
    const expiry = (Math.ceil(now) + (records[offset + TIMEOUT] >>> 0)) | 0;
    records[offset + EXPIRY] = expiry;
    records[offset + ARMED] = this.armed = (this.armed + 1) | 0;
    if (this.timers.isEarlier(expiry, before)) this.timers.hasten(slot);
  }

  /**
   * Lets an entry's timer fire as soon as time moves on; one that is due earlier anyway is left.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   */
  expireNow(slot: number, now: number): void {
    const due = Math.ceil(now);
    if (this.expiryMs(slot) <= due) return;
    this.arm(slot, due);
    this.write(slot, META, this.word(slot, META) | META_EXPIRING);
  }

  /**
   * Like {@link ConnectionTable.expireNow}; with an entry that has a controller, the controller goes
   * too when nothing else hangs on it, unless it is ASSURED.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   */
  drop(slot: number, now: number): void {
    if (this.controller(slot) !== NONE) {
      this.write(slot, META, this.word(slot, META) | META_DROPPED);
    }
    this.expireNow(slot, now);
  }

  /**
   * Takes an entry out of the table at once, and out of its server's counters.
   *
   * @param slot - The entry; if it controls others they lose their controller's count, so it must control none.
   * @returns The controller's slot when there is one, else −1; it is still in the table.
   */
  remove(slot: number): number {
    this.observer.connectionRemoved?.(slot);
    this.timers.unlink(slot);
    return this.erase(slot);
  }

  /** Takes an entry out that has no timer any more; gives its controller's slot, or −1. */
  private erase(slot: number): number {
    const { store, bindings } = this;
    const records = store.recordsOf(slot);
    const offset = store.offsetOf(slot);
    const meta = records[offset + META];
    const row = records[offset + BINDING] & BINDING_BITS;
    const controller = store.controls.isUsed ? this.controller(slot) : NONE;
    this.index.remove(slot);
    if ((meta & FLAG_NO_CLIENT_PORT) !== 0) this.withoutClientPort--;
    countClosed(bindings.servers[row], (meta & FLAG_TEMPLATE) !== 0, (meta & FLAG_INACTIVE) === 0);
    bindings.release(row);
    store.release(slot);
    if (controller !== NONE) store.controls.set(controller, this.controlled(controller) - 1);
    return controller;
  }

  /**
   * Runs the timers that are due before a moment.
   *
   * @param now - The present time in milliseconds.
   * @param budget - How many units of work may be done, one per timer run or entry moved; default: all.
   * @returns Whether everything due was done; `false` when the budget was used up before.
   */
  advance(now: number, budget: number = Infinity): boolean {
    return this.timers.run(Math.ceil(now), budget);
  }

  /**
   * The earliest moment at which {@link ConnectionTable.advance} may have something to do.
   *
   * @returns Milliseconds; at that moment itself nothing runs yet, only after it. Infinity without entries.
   */
  nextDueMs(): number {
    return this.timers.nextDue();
  }

  /**
   * When an entry's timer is due.
   *
   * @param slot - The entry.
   * @returns Milliseconds of the caller's clock.
   */
  expiryMs(slot: number): number {
    return this.timers.timeOf(this.word(slot, EXPIRY));
  }

  /** Called by the timers. @internal */
  timerDue(slot: number): void {
    if (this.store.controls.isUsed) {
      this.timerDueWithControllers(slot);
      return;
    }
    this.observer.connectionRemoved?.(slot);
    this.erase(slot);
  }

  /** {@link EntryLifecycle.timerDue} where templates control connections. */
  private timerDueWithControllers(slot: number): void {
    if (this.controlled(slot) > 0) {
      this.write(slot, TIMEOUT, REARM_MS);
      this.arm(slot, this.expiryMs(slot) + this.latenessMs + REARM_MS);
      this.timers.link(slot);
      this.observer.templateRearmed?.(slot);
      return;
    }
    const dropped = this.timeoutMs(slot) === 0;
    this.observer.connectionRemoved?.(slot);
    const controller = this.erase(slot);
    if (controller === NONE || !dropped || this.controlled(controller) > 0) return;
    if (this.state(controller) !== TEMPLATE_ASSURED) this.remove(controller);
  }

  /** The moment up to which timers have run, in milliseconds. */
  get timeMs(): number {
    return this.timers.cursor;
  }

  /**
   * Takes a slot for an entry whose row is already counted, fills it in, and links it everywhere. All in one: a
   * method of this length is compiled for itself, with everything that it calls, and calls cost more than what it does.
   *
   * @returns The slot; −1 when there is none, and then the row is given back.
   */
  protected create(
    key: ConnectionKey,
    now: number,
    row: number,
    flags: number,
    birth: InitialState,
  ): number {
    const slot = row === NONE ? NONE : this.store.allocate(key.family);
    if (slot === NONE) {
      if (row !== NONE) this.bindings.release(row);
      return NONE;
    }
    if (this.size === 0) this.timers.skipTo(Math.floor(now));
    const { state, active, timeoutMs } = birth;
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const family = key.family === 4 ? 0 : META_IPV6;
    const meta = (flags & FLAG_BITS & ~FLAG_INACTIVE) | FLAG_HASHED | (active ? 0 : FLAG_INACTIVE);
    records[offset + CLIENT] = key.client3;
    records[offset + VIRTUAL] = key.virtual3;
    records[offset + PORTS] = (key.clientPort << 16) | key.virtualPort;
    records[offset + META] =
      meta | family | (key.protocol << PROTOCOL_SHIFT) | (state << STATE_SHIFT);
    records[offset + EXPIRY] = Math.ceil(now) + timeoutMs;
    records[offset + TIMEOUT] = timeoutMs;
    records[offset + ARMED] = this.armed = (this.armed + 1) | 0;
    records[offset + PACKETS] = 0;
    records[offset + BINDING] = row;
    if (family !== 0) this.fillWide(slot, key);
    if ((flags & FLAG_NO_CLIENT_PORT) !== 0) this.withoutClientPort++;
    this.index.insert(slot);
    this.timers.introduce(slot);
    return slot;
  }

  private fillWide(slot: number, key: ConnectionKey): void {
    const words = this.store.wideOf(slot);
    const offset = this.store.wideOffsetOf(slot);
    words[offset] = key.client0;
    words[offset + 1] = key.client1;
    words[offset + 2] = key.client2;
    words[offset + 3] = key.virtual0;
    words[offset + 4] = key.virtual1;
    words[offset + 5] = key.virtual2;
  }

  /** Stores a new expiry; the entry moves in the wheel only when it would come up too late. */
  protected arm(slot: number, due: number): void {
    const records = this.store.recordsOf(slot);
    const offset = this.store.offsetOf(slot);
    const before = records[offset + EXPIRY];
    const expiry = due | 0;
    records[offset + EXPIRY] = expiry;
    records[offset + ARMED] = this.armed = (this.armed + 1) | 0;
    records[offset + META] &= ~META_EXPIRING;
    if (this.timers.isEarlier(expiry, before)) this.timers.hasten(slot);
  }
}
