/**
 * Time as a dependency: everything that depends on time takes a {@link Clock}, so that the same
 * input gives the same result and a test can move time by hand.
 */

/** A source of time. Monotonic: it never goes backwards. */
export interface Clock {
  /**
   * The present moment.
   *
   * @returns Milliseconds since an arbitrary origin; fractions are allowed.
   */
  now(): number;
}

declare const performance: { now(): number };

/** The process's own monotonic time, in milliseconds since it began. */
export const systemClock: Clock = { now: () => performance.now() };

/**
 * A clock that moves only when it is set or advanced: for tests, simulations and replays.
 *
 * @example
 * {@includeCode ../docs/examples/manual-clock.ts}
 */
export class ManualClock implements Clock {
  private time: number;

  /** @param startMs - The first value of {@link ManualClock.now}, in milliseconds; default 0. */
  constructor(startMs = 0) {
    this.time = startMs;
  }

  /**
   * The present moment.
   *
   * @returns Milliseconds, as last set.
   */
  now(): number {
    return this.time;
  }

  /**
   * Moves the clock forward by a span.
   *
   * @param spanMs - Milliseconds, 0 or more.
   * @returns The new time in milliseconds.
   * @throws {RangeError} When the span is negative or not a number.
   */
  advance(spanMs: number): number {
    return this.set(this.time + spanMs);
  }

  /**
   * Moves the clock forward to a moment.
   *
   * @param timeMs - Milliseconds, not before the present time.
   * @returns The new time in milliseconds.
   * @throws {RangeError} When the moment is in the past or is not a number.
   */
  set(timeMs: number): number {
    if (!(timeMs >= this.time)) {
      throw new RangeError(
        `Cannot set the clock: expected ${this.time} ms or later, got ${timeMs}`,
      );
    }
    this.time = timeMs;
    return timeMs;
  }
}
