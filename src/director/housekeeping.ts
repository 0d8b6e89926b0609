/**
 * Periodic tasks of a director, run in the order in which they are due: timers of connections, the sweep
 * after the removal of a server, ticks of the statistics, defenses.
 *
 * Cost: that of the work that is due, however much time has passed. Ticks that change nothing are skipped: those of the
 * statistics once all averages are 0 (130 ticks after the last packet at most), those of the defenses once no entry can
 * be dropped before the next timer.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { requireInteger } from '../errors.js';
import type { KernelRules } from '../model/kernel-profile.js';
import type { ServiceTable } from '../services/service-table.js';
import { DEFENSE_INTERVAL_MS, type Defenses } from './defenses.js';
import { ESTIMATION_INTERVAL_MS, firstTick } from '../statistics/tick-times.js';
import { Periodic } from './periodic.js';
import type { StatisticsRegistry } from '../statistics/statistics-registry.js';
import type { SyncPart } from '../sync/sync-part.js';
import type { TunableValues } from './tunables.js';
import type { ExpireNodestConn } from './expire-nodest-conn.js';

/** When the statistics tick. */
export interface EstimationTimes {
  /** The time between two ticks, in milliseconds, 1–3600000; default 2000. */
  readonly estimationIntervalMs?: number;
  /** The time before the first tick, in milliseconds, 0 or more; default one interval. */
  readonly firstEstimationAfterMs?: number;
  /** The time between two looks of the defenses, in milliseconds, 1–3600000; default 1000. */
  readonly defenseIntervalMs?: number;
  /** The time before their first look, in milliseconds, 0 or more; default one interval. */
  readonly firstDefenseAfterMs?: number;
}

/** The parts that have periodic tasks. */
export interface HousekeepingParts {
  /** The connections. */
  readonly table: ConnectionTable;
  /** The sweep after the removal of a server. */
  readonly expireNodest: ExpireNodestConn;
  /** The services. */
  readonly services: ServiceTable;
  /** Their statistics. */
  readonly statistics: StatisticsRegistry;
  /** The defenses. */
  readonly defenses: Defenses;
  /** The tunables, live: `run_estimation` freezes the statistics. */
  readonly tunables: TunableValues;
  /** Synchronization, if there is any. */
  readonly sync: SyncPart | undefined;
}

/** When the tasks are due, as plain JSON. */
export interface HousekeepingState {
  /** Milliseconds until the next tick of the statistics; `null` before the first service. */
  readonly estimationInMs: number | null;
  /** Milliseconds until the next check of the defenses. */
  readonly defenseInMs: number;
  /** Milliseconds until the entries of removed servers go; `null` when nothing is due. */
  readonly removalInMs: number | null;
}

/** Runs the tasks that are due. */
export class Housekeeping {
  private readonly parts: HousekeepingParts;
  private readonly firstEstimationAfterMs: number;
  private readonly estimation: Periodic;
  private readonly defense: Periodic;
  /** Up to which moment everything has run. Written here only. */
  doneMs: number = -Infinity;

  /**
   * @param now - The present time in milliseconds.
   * @param times - When the statistics tick.
   * @param parts - The parts that have periodic tasks.
   * @param rules - The kernel, whose statistics are renewed from the start or from the first service on.
   * @throws {RangeError} When the interval is out of range.
   */
  constructor(now: number, times: EstimationTimes, parts: HousekeepingParts, rules: KernelRules) {
    const interval = times.estimationIntervalMs ?? ESTIMATION_INTERVAL_MS;
    this.parts = parts;
    requireInteger('estimation interval', interval, 1, 3_600_000);
    const { firstEstimationAfterMs = interval } = times;
    requireInteger('time before the first estimation', firstEstimationAfterMs, 0, 3_600_000);
    this.firstEstimationAfterMs = firstEstimationAfterMs;
    this.estimation = new Periodic(firstTick(now, firstEstimationAfterMs, rules), interval);
    const { defenseIntervalMs = DEFENSE_INTERVAL_MS } = times;
    const { firstDefenseAfterMs = defenseIntervalMs } = times;
    requireInteger('interval of the defenses', defenseIntervalMs, 1, 3_600_000);
    requireInteger('time before the first defense', firstDefenseAfterMs, 0, 3_600_000);
    this.defense = new Periodic(now + firstDefenseAfterMs, defenseIntervalMs);
  }

  /**
   * Notes that there is a service now: statistics that are not renewed yet begin to be.
   *
   * @param now - The present time in milliseconds.
   */
  serviceAdded(now: number): void {
    const { estimation } = this;
    if (estimation.dueMs === Infinity) estimation.restart(now + this.firstEstimationAfterMs);
  }

  /**
   * Runs what is due before a moment, each task at its own time.
   *
   * @param now - The present time in milliseconds.
   */
  runUntil(now: number): void {
    if (now === this.doneMs) return;
    const { table, defenses } = this.parts;
    let isFirst = true;
    for (let due = this.nextDue(); due < now; due = this.nextDue()) {
      if (isFirst) defenses.resume();
      isFirst = false;
      table.advance(due);
      this.run(due, now);
    }
    table.advance(now);
    this.sendMessages(now);
    this.doneMs = now;
  }

  /**
   * Saves when the tasks are due.
   *
   * @param now - The present time in milliseconds.
   * @returns Plain JSON for {@link Housekeeping.restore}: times from now on.
   */
  stateAt(now: number): HousekeepingState {
    const { dueMs } = this.parts.expireNodest;
    return {
      estimationInMs: finite(this.estimation.dueMs - now),
      defenseInMs: this.defense.dueMs - now,
      removalInMs: finite(dueMs - now),
    };
  }

  /**
   * Restores when the tasks are due.
   *
   * @param state - What {@link Housekeeping.stateAt} gave.
   * @param now - The present time in milliseconds.
   */
  restore(state: HousekeepingState, now: number): void {
    this.estimation.restart(now + (state.estimationInMs ?? Infinity));
    this.defense.restart(now + state.defenseInMs);
    this.parts.expireNodest.dueMs = now + (state.removalInMs ?? Infinity);
  }

  /** Sends the messages with templates whose timers ran last. */
  private sendMessages(now: number): void {
    const { sync } = this.parts;
    if (sync === undefined) return;
    for (let due = sync.dueMs; due < now; due = sync.dueMs) sync.tick(due);
  }

  private nextDue(): number {
    const { expireNodest, sync } = this.parts;
    const due = Math.min(this.estimation.dueMs, this.defense.dueMs, expireNodest.dueMs);
    return sync === undefined ? due : Math.min(due, sync.dueMs);
  }

  /** Does what is due at one moment; `now` is up to where there is nothing but time to pass. */
  private run(due: number, now: number): void {
    const { expireNodest, services, statistics, defenses, sync, tunables } = this.parts;
    if (sync?.dueMs === due) sync.tick(due);
    if (expireNodest.dueMs === due) expireNodest.sweep();
    if (this.estimation.dueMs === due) {
      this.estimation.next();
      if (tunables.run_estimation === 0 || !statistics.tick(services)) this.estimation.skipTo(now);
    }
    if (this.defense.dueMs === due) {
      this.defense.next();
      const quietUntil = defenses.tick(due);
      if (quietUntil > due) this.defense.skipTo(Math.min(now, quietUntil));
    }
  }
}

/** A time as JSON knows it: `null` for never. */
function finite(ms: number): number | null {
  return ms === Infinity ? null : ms;
}
