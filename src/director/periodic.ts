/**
 * When a task that repeats at a fixed interval is due. Moments are computed from the first one, never summed up, so
 * skipping many of them gives the same moment as waiting for each.
 */

/** A repeated task's next moment. */
export class Periodic {
  /** When the task is due next, in milliseconds. */
  dueMs: number;
  private readonly intervalMs: number;
  private firstMs: number;
  /** How many moments have passed since the first one. */
  private count = 0;

  /**
   * @param firstMs - The first moment in milliseconds.
   * @param intervalMs - The interval in milliseconds, above 0.
   */
  constructor(firstMs: number, intervalMs: number) {
    this.firstMs = firstMs;
    this.dueMs = firstMs;
    this.intervalMs = intervalMs;
  }

  /** Moves on to the next moment. */
  next(): void {
    this.moveTo(this.count + 1);
  }

  /**
   * Skips all moments before another one.
   *
   * @param moment - That moment in milliseconds.
   * @returns How many were skipped.
   */
  skipTo(moment: number): number {
    const { count, firstMs, intervalMs } = this;
    let target = Math.max(count, Math.ceil((moment - firstMs) / intervalMs));
    // The quotient is rounded: correct it by the moments themselves.
    while (target > count && firstMs + (target - 1) * intervalMs >= moment) target--;
    while (firstMs + target * intervalMs < moment) target++;
    this.moveTo(target);
    return target - count;
  }

  /**
   * Starts again.
   *
   * @param firstMs - The first moment in milliseconds.
   */
  restart(firstMs: number): void {
    this.firstMs = firstMs;
    this.moveTo(0);
  }

  private moveTo(count: number): void {
    this.count = count;
    this.dueMs = this.firstMs + count * this.intervalMs;
  }
}
