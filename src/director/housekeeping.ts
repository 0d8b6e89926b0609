/**
 * Periodic tasks of a director, run in the order in which they are due: timers of connections, the sweep
 * after the removal of a server, ticks of the statistics, defenses.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { requireInteger } from '../errors.js';
import type { ServiceTable } from '../services/service-table.js';
import { DEFENSE_INTERVAL_MS, type Defenses } from './defenses.js';
import { ESTIMATION_INTERVAL_MS } from './rate-estimator.js';
import type { StatisticsRegistry } from './statistics-registry.js';
import type { ExpireNodestConn } from './expire-nodest-conn.js';

/** When the statistics tick. */
export interface EstimationTimes {
  /** The time between two ticks, in milliseconds, 1–3600000; default 2000. */
  readonly estimationIntervalMs?: number;
  /** The moment of the first tick, in milliseconds; default one interval after the start. */
  readonly firstEstimationMs?: number;
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
}

/** When the tasks are due, as plain JSON. */
export interface HousekeepingState {
  /** Milliseconds until the next tick of the statistics. */
  readonly estimationInMs: number;
  /** Milliseconds until the next check of the defenses. */
  readonly defenseInMs: number;
  /** Milliseconds until the entries of removed servers go; `null` when nothing is due. */
  readonly removalInMs: number | null;
}

/** Runs the tasks that are due. */
export class Housekeeping {
  private readonly parts: HousekeepingParts;
  private readonly estimationIntervalMs: number;
  private nextEstimation: number;
  private nextDefense: number;
  /** Up to which moment everything has run. */
  private doneMs = -Infinity;

  /**
   * @param now - The present time in milliseconds.
   * @param times - When the statistics tick.
   * @param parts - The parts that have periodic tasks.
   * @throws {RangeError} When the interval is out of range.
   */
  constructor(now: number, times: EstimationTimes, parts: HousekeepingParts) {
    const interval = times.estimationIntervalMs ?? ESTIMATION_INTERVAL_MS;
    this.parts = parts;
    this.estimationIntervalMs = requireInteger('estimation interval', interval, 1, 3_600_000);
    this.nextEstimation = times.firstEstimationMs ?? now + interval;
    this.nextDefense = now + DEFENSE_INTERVAL_MS;
  }

  /**
   * Runs what is due before a moment, each task at its own time.
   *
   * @param now - The present time in milliseconds.
   */
  runUntil(now: number): void {
    if (now === this.doneMs) return;
    const { table, expireNodest } = this.parts;
    while (this.nextEstimation < now || this.nextDefense < now || expireNodest.dueMs < now) {
      const due = Math.min(this.nextEstimation, this.nextDefense, expireNodest.dueMs);
      table.advance(due);
      this.run(due);
    }
    table.advance(now);
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
      estimationInMs: this.nextEstimation - now,
      defenseInMs: this.nextDefense - now,
      removalInMs: dueMs === Infinity ? null : dueMs - now,
    };
  }

  /**
   * Restores when the tasks are due.
   *
   * @param state - What {@link Housekeeping.stateAt} gave.
   * @param now - The present time in milliseconds.
   */
  restore(state: HousekeepingState, now: number): void {
    this.nextEstimation = now + state.estimationInMs;
    this.nextDefense = now + state.defenseInMs;
    this.parts.expireNodest.dueMs = state.removalInMs === null ? Infinity : now + state.removalInMs;
  }

  private run(due: number): void {
    const { expireNodest, services, statistics, defenses } = this.parts;
    if (expireNodest.dueMs === due) expireNodest.sweep();
    if (this.nextEstimation === due) {
      statistics.tick(services);
      this.nextEstimation += this.estimationIntervalMs;
    }
    if (this.nextDefense === due) {
      defenses.tick(due);
      this.nextDefense += DEFENSE_INTERVAL_MS;
    }
  }
}
