/**
 * Counting what was compared in a replay, and keeping the first differences.
 */

/** How many differences are kept in full. */
export const KEPT_DIFFERENCES = 10;

/** One recorded decision that was not made again. */
export interface Difference {
  /** Where in the recording. */
  readonly step: string;
  /** What was recorded. */
  readonly expected: string;
  /** What this library did. */
  readonly got: string;
}

/** The outcome of replaying one recording. */
export interface ReplayResult {
  /** How many decisions were compared. */
  readonly checks: number;
  /** How many were different. */
  readonly differences: number;
  /** The first {@link KEPT_DIFFERENCES} of them. */
  readonly first: readonly Difference[];
}

/** A {@link ReplayResult} in the making. */
export class Tally implements ReplayResult {
  checks = 0;
  differences = 0;
  readonly first: Difference[] = [];

  /**
   * Counts decisions that were the same.
   *
   * @param count - How many; default 1.
   */
  same(count = 1): void {
    this.checks += count;
  }

  /**
   * Counts a decision that was different.
   *
   * @param step - Where in the recording.
   * @param expected - What was recorded.
   * @param got - What this library did.
   */
  different(step: string, expected: string, got: string): void {
    this.checks += 1;
    this.differences += 1;
    if (this.first.length < KEPT_DIFFERENCES) this.first.push({ step, expected, got });
  }

  /**
   * Compares two texts and counts the outcome.
   *
   * @param step - Where in the recording.
   * @param expected - What was recorded.
   * @param got - What this library did.
   */
  compare(step: string, expected: string, got: string): void {
    if (expected === got) this.same();
    else this.different(step, expected, got);
  }
}
