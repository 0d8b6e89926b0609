/**
 * What one check makes of its results: retries before a server counts as down, good results before it is up.
 *
 * One result of the other kind starts a count again. A failure of the very first check may count at once. A
 * checker that is down goes through its retries again only where its kind does so; the retries then change
 * nothing but the time of the next check.
 */

/** How a checker counts. */
export interface CheckRules {
  /** How often a failed check is tried again before the server counts as down. */
  readonly retry: number;
  /** Whether failures are tried again while the server is down already, too. */
  readonly retriesWhileDown: boolean;
  /** Whether a failure of the very first check takes the server down without retries. */
  readonly firstDecides: boolean;
  /** Good results in a row that bring a server up, 1 or more. */
  readonly rise: number;
}

/**
 * What a result means: the checker came `up`, went `down`, is to be tried again soon (`retry`), or
 * nothing changed (`same`).
 */
export type CheckVerdict = 'up' | 'down' | 'retry' | 'same';

/** How many checks in a row had the same result, as plain JSON. */
export interface HealthCounterState {
  /** Whether the server is up. */
  readonly up: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Successes in a row. */
  readonly successes: number;
}

/** The state of a checker. */
export class CheckCycle {
  /** How it counts. */
  rules: CheckRules;
  /** Whether the last verdict was that the server is well. */
  up: boolean;
  /** Whether there was a result already. */
  checked = false;
  /** How many retries are used. */
  tries = 0;
  /** Failures in a row up to now. */
  failures = 0;
  /** Successes in a row up to now. */
  successes = 0;

  /**
   * @param rules - How it counts.
   * @param up - The initial state.
   */
  constructor(rules: CheckRules, up: boolean) {
    this.rules = rules;
    this.up = up;
  }

  /**
   * Counts a result.
   *
   * @param good - Whether the server was well.
   * @returns What it means.
   */
  record(good: boolean): CheckVerdict {
    const first = !this.checked;
    this.checked = true;
    this.failures = good ? 0 : this.failures + 1;
    this.successes = good ? this.successes + 1 : 0;
    if (good) return this.succeed();
    if (this.mayRetry(first)) {
      this.tries += 1;
      return 'retry';
    }
    this.tries = 0;
    if (!this.up) return first ? 'down' : 'same';
    this.up = false;
    return 'down';
  }

  /**
   * Writes the counts out.
   *
   * @returns Plain JSON for {@link CheckCycle.restore}.
   */
  toJSON(): HealthCounterState {
    const { up, failures, successes } = this;
    return { up, failures, successes };
  }

  /**
   * Reads counts back.
   *
   * @param state - What {@link CheckCycle.toJSON} gave.
   */
  restore({ up, failures, successes }: HealthCounterState): void {
    this.up = up;
    this.failures = failures;
    this.successes = successes;
    this.checked = failures + successes > 0;
    this.tries = up ? Math.min(failures, this.rules.retry) : 0;
  }

  private succeed(): CheckVerdict {
    this.tries = 0;
    if (this.up || this.successes < this.rules.rise) return 'same';
    this.up = true;
    return 'up';
  }

  private mayRetry(first: boolean): boolean {
    const { retry, retriesWhileDown, firstDecides } = this.rules;
    return !(first && firstDecides) && this.tries < retry && (this.up || retriesWhileDown);
  }
}
