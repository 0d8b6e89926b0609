/**
 * Waiting as a dependency: what must act later takes {@link Timers}, so that a test moves time by
 * hand and a program decides what drives it.
 *
 * This file is the one place that touches the platform's timers, and only when one is armed.
 */
import { type Clock, ManualClock, systemClock } from './clock.js';
import { requireInteger, show } from './errors.js';

/** The longest delay: 2^31 − 1 ms, about 24 days, which is what the platforms' own timers take. */
export const MAX_DELAY_MS = 2147483647;

/** Takes a timer back; does nothing when it has run already. */
export type CancelTimer = () => void;

/** A clock that can also call back. */
export interface Timers extends Clock {
  /**
   * Calls back once, later.
   *
   * @param delayMs - How much later, 0–2147483647 milliseconds.
   * @param callback - What to call; never called before `after` has returned.
   * @returns Takes the timer back.
   * @throws {TypeError} When the delay is not a number.
   * @throws {RangeError} When the delay is out of range.
   */
  after(delayMs: number, callback: () => void): CancelTimer;
}

declare function setTimeout(callback: () => void, delayMs: number): unknown;
declare function clearTimeout(handle: unknown): void;

/** The platform's own timers; under Node a pending one does not keep the process alive. */
export const systemTimers: Timers = {
  now: () => systemClock.now(),
  after: (delayMs, callback) => {
    // oxlint-disable-next-line no-restricted-globals -- the one place that hands them out
    const handle = setTimeout(callback, requireDelay(delayMs));
    if (hasUnref(handle)) handle.unref();
    return () => clearTimeout(handle);
  },
};

interface Pending {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * Timers that run only when their clock is advanced: for tests, simulations and replays.
 *
 * @example
 * {@includeCode ../docs/examples/manual-timers.ts}
 */
export class ManualTimers implements Timers {
  private readonly clock: ManualClock;
  /** By due time; of equal ones the one armed first comes first. */
  private readonly pending: Pending[] = [];

  /** @param clock - The clock to follow and to move; default a new one that begins at 0. */
  constructor(clock: ManualClock = new ManualClock()) {
    this.clock = clock;
  }

  /** When the next timer is due, in milliseconds of the clock; `undefined` when none is armed. */
  get nextMs(): number | undefined {
    return this.pending[0]?.dueMs;
  }

  /**
   * The present moment.
   *
   * @returns Milliseconds, as the clock has them.
   */
  now(): number {
    return this.clock.now();
  }

  /**
   * Calls back once, when {@link ManualTimers.advance} has come that far.
   *
   * @param delayMs - How much later, 0–2147483647 milliseconds.
   * @param callback - What to call.
   * @returns Takes the timer back.
   * @throws {TypeError} When the delay is not a number.
   * @throws {RangeError} When the delay is out of range.
   */
  after(delayMs: number, callback: () => void): CancelTimer {
    const timer = { dueMs: this.now() + requireDelay(delayMs), callback };
    const later = this.pending.findIndex(({ dueMs }) => dueMs > timer.dueMs);
    this.pending.splice(later === -1 ? this.pending.length : later, 0, timer);
    return () => {
      const index = this.pending.indexOf(timer);
      if (index !== -1) this.pending.splice(index, 1);
    };
  }

  /**
   * Moves the clock forward and runs what falls due on the way, each timer at its own time.
   *
   * Timers that are armed meanwhile take part. Promises settle only when the caller awaits something:
   * step from one {@link ManualTimers.nextMs} to the next where they matter.
   *
   * @param spanMs - Milliseconds, 0 or more.
   * @returns The new time in milliseconds.
   * @throws {RangeError} When the span is negative or not a number.
   */
  advance(spanMs: number): number {
    if (!(spanMs >= 0)) {
      throw new RangeError(`Cannot advance timers: expected 0 ms or more, got ${show(spanMs)}`);
    }
    const end = this.now() + spanMs;
    for (let timer = this.pending[0]; timer !== undefined; timer = this.pending[0]) {
      if (timer.dueMs > end) break;
      this.pending.shift();
      // A callback may have moved the clock past it.
      this.clock.set(Math.max(timer.dueMs, this.now()));
      timer.callback();
    }
    return this.clock.set(Math.max(end, this.now()));
  }
}

/** Checks a delay; fractions are rounded up, so that no timer runs early. */
function requireDelay(delayMs: number): number {
  const whole = typeof delayMs === 'number' ? Math.ceil(delayMs) : delayMs;
  return requireInteger('delay', whole, 0, MAX_DELAY_MS);
}

function hasUnref(handle: unknown): handle is { unref(): void } {
  return typeof handle === 'object' && handle !== null && 'unref' in handle;
}
