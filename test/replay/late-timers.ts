/**
 * Replays recordings whose timers ran late, on a director whose timers are exact.
 *
 * The rule: a timer of delay D fires up to D/8 late. Where the survival of an entry within that time
 * decides what happens, the recording is followed: the entry is kept or let go as the next packets and the
 * next list show. A template that is armed again counts from the late moment: the time that a list shows
 * for it must lie where the lateness of its timers allows, and counts from then on. All else is exact.
 */
import type { ConnectionTable } from '../../src/connections/connection-table.js';
import { REARM_MS } from '../../src/connections/entries/initial-state.js';
import { listedConnection } from '../../src/ipvsadm/listed-connection.js';
import type { RecordedConnection, RecordedStep } from './director-recording.js';
import { type Future, futureOf, secondsListed } from './recorded-future.js';
import { connectionAsRecorded } from './recorded-lists.js';

/** The greatest lateness, as a part of the delay. */
const LATENESS = 1 / 8;
/** Timers count ticks of this length. */
const TICK_MS = 10;
/** So often a template may have been armed again between two lists. */
const MOST_REARMS = 100;

/** Between which moments a timer was due in the recording. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** A window, and the expiry in the table for which it stands. */
interface KnownWindow extends Window {
  readonly expiryMs: number;
}

/** The part of a window in which a list shows a timer to be due. */
interface Fit extends Window {
  readonly seconds: number;
  readonly lateMs: number;
}

/** Follows a recording with late timers. */
export class LateTimers {
  private readonly table: ConnectionTable;
  private readonly steps: readonly RecordedStep[];
  private readonly windows = new Map<number, KnownWindow>();
  /** The delays with which timers were armed that are about to fire. */
  private readonly delays = new Map<number, number>();

  /**
   * @param table - The director's connections.
   * @param steps - The recording.
   */
  constructor(table: ConnectionTable, steps: readonly RecordedStep[]) {
    this.table = table;
    this.steps = steps;
    table.observer = { templateRearmed: (slot) => this.noteRearmed(slot) };
  }

  /**
   * Decides about the entries whose time is up before a step.
   *
   * @param step - The step.
   */
  prepare(step: RecordedStep): void {
    const { table } = this;
    const { t } = step;
    const index = this.steps.indexOf(step);
    this.delays.clear();
    const templates: number[] = [];
    for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
      this.delays.set(slot, this.delayOf(slot));
      if (table.expiryMs(slot) >= t) continue;
      if (table.isTemplate(slot)) templates.push(slot);
      else this.decideConnection(slot, t, futureOf(this.steps, index, this.rowOf(slot, t)));
    }
    for (const slot of templates) {
      this.decideTemplate(slot, t, futureOf(this.steps, index, this.rowOf(slot, t)));
    }
  }

  /**
   * Lists the connections, with the recorded time where the lateness of timers allows it.
   *
   * @param step - The step.
   * @param recorded - What is recorded.
   * @returns One row per entry.
   */
  list(step: RecordedStep, recorded: readonly RecordedConnection[]): RecordedConnection[] {
    const { table } = this;
    const rows: RecordedConnection[] = [];
    for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
      const row = this.rowOf(slot, step.t);
      const [protocol, client, virtual, destination, state, secondsLeft] = row;
      const seconds = this.narrow(slot, step.t, secondsListed(recorded, row)) ?? secondsLeft;
      rows.push([protocol, client, virtual, destination, state, seconds]);
    }
    return rows;
  }

  /** Takes over the time that a list shows, if it is one of those that the lateness of timers allows. */
  private narrow(slot: number, t: number, listed: readonly number[]): number | undefined {
    const window = this.windowOf(slot);
    if (window.from === window.to) return undefined;
    const [shown] = fitting(window, t, listed);
    if (shown === undefined) return undefined;
    this.place(slot, shown.from, shown);
    return shown.seconds;
  }

  private decideConnection(slot: number, t: number, future: Future): void {
    const latest = this.latestOf(slot);
    const { usedMs, replaced, listedMs, secondsLeft } = future;
    const isUsed = usedMs !== undefined && usedMs <= latest && !replaced;
    const isListed = usedMs === undefined && listedMs <= latest && secondsLeft.includes(0);
    if (isUsed || isListed) this.keep(slot, t);
  }

  private decideTemplate(slot: number, t: number, future: Future): void {
    const { usedMs, replaced, listedMs, secondsLeft } = future;
    const latest = this.latestOf(slot);
    if (usedMs !== undefined) {
      if (replaced) this.letGo(slot, usedMs);
      else if (usedMs <= latest && !this.wasRearmed(slot, future)) this.keep(slot, t);
    } else if (secondsLeft.length === 0) this.letGo(slot, listedMs);
    else if (secondsLeft.includes(0) && listedMs <= latest) this.keep(slot, t);
    else this.rearm(slot, listedMs, secondsLeft);
  }

  /** Whether a template that was used had been armed again before, as its time afterwards tells. */
  private wasRearmed(slot: number, { lastUsedMs, listedMs, secondsLeft }: Future): boolean {
    const [seconds] = secondsLeft;
    if (lastUsedMs === undefined || seconds === undefined) return false;
    const timeout = seconds * 1000 + listedMs - lastUsedMs;
    return Math.abs(timeout - this.timeoutOf(slot)) > 1000 + TICK_MS;
  }

  /** A template that is known to be gone went with the last of its connections, or after it. */
  private letGo(slot: number, goneMs: number): void {
    const { table } = this;
    if (table.controlled(slot) === 0) return;
    let last = 0;
    for (let each = table.next(-1); each >= 0; each = table.next(each)) {
      if (table.controller(each) === slot) last = Math.max(last, table.expiryMs(each));
    }
    if (last >= goneMs || last < table.expiryMs(slot)) return;
    const after = { from: last, to: goneMs };
    if (this.rearmsOf(slot).some((window) => intersection(window, after) !== undefined)) {
      this.place(slot, last + 1, { from: last + 1, to: goneMs });
    }
  }

  /** Arms a template as the recording shows, if the lateness of its timers allows that. */
  private rearm(slot: number, listedMs: number, secondsLeft: readonly number[]): void {
    const [, ...windows] = this.rearmsOf(slot);
    const fits = windows.flatMap((window) => fitting(window, listedMs, secondsLeft));
    const [shown] = fits.toSorted((one, other) => one.lateMs - other.lateMs);
    if (shown === undefined) return;
    this.table.setTimeout(slot, REARM_MS);
    this.place(slot, shown.from, shown);
  }

  /** When a template's timer is due: as it was armed, after being armed again once, twice and so on. */
  private rearmsOf(slot: number): Window[] {
    let { from, to } = this.windowOf(slot);
    let delay = this.delayOf(slot);
    const windows: Window[] = [{ from, to }];
    while (windows.length <= MOST_REARMS) {
      from += REARM_MS;
      to += delay * LATENESS + REARM_MS + 2 * TICK_MS;
      delay = REARM_MS;
      windows.push({ from, to });
    }
    return windows;
  }

  private noteRearmed(slot: number): void {
    const expiryMs = this.table.expiryMs(slot);
    const before = this.windows.get(slot);
    const due = expiryMs - REARM_MS - TICK_MS;
    const { from, to } = before?.expiryMs === due ? before : { from: due, to: due };
    const late = (this.delays.get(slot) ?? REARM_MS) * LATENESS + 2 * TICK_MS;
    this.delays.set(slot, REARM_MS);
    this.windows.set(slot, { from: from + REARM_MS, to: to + late + REARM_MS, expiryMs });
  }

  /** Keeps an entry until a moment at least; its window stays. */
  private keep(slot: number, t: number): void {
    this.place(slot, t, this.windowOf(slot));
  }

  private place(slot: number, expiryMs: number, { from, to }: Window): void {
    this.table.touch(slot, expiryMs - this.timeoutOf(slot));
    this.windows.set(slot, { from, to, expiryMs: this.table.expiryMs(slot) });
  }

  private windowOf(slot: number): Window {
    const expiryMs = this.table.expiryMs(slot);
    const known = this.windows.get(slot);
    return known?.expiryMs === expiryMs ? known : { from: expiryMs, to: expiryMs };
  }

  private latestOf(slot: number): number {
    return this.windowOf(slot).to + this.delayOf(slot) * LATENESS + TICK_MS;
  }

  private delayOf(slot: number): number {
    return this.table.connection(slot).expiring === true ? 0 : this.timeoutOf(slot);
  }

  private timeoutOf(slot: number): number {
    return this.table.connection(slot).timeoutMs ?? 0;
  }

  private rowOf(slot: number, t: number): RecordedConnection {
    return connectionAsRecorded(listedConnection(this.table, slot, t));
  }
}

/** Which of the times that a list shows may be that of a timer due in a window, the least late first. */
function fitting(window: Window, listedMs: number, secondsLeft: readonly number[]): Fit[] {
  const fits: Fit[] = [];
  for (const seconds of secondsLeft) {
    const from = listedMs + seconds * 1000 - TICK_MS;
    const common = intersection(window, { from, to: from + TICK_MS + 1000 });
    if (common !== undefined) fits.push({ ...common, seconds, lateMs: common.from - window.from });
  }
  return fits.toSorted((one, other) => one.lateMs - other.lateMs);
}

function intersection(one: Window, other: Window): Window | undefined {
  const window = { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) };
  return window.from <= window.to ? window : undefined;
}
