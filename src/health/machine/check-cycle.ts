/**
 * What one check makes of its results: retries before a server counts as down, none before it is up.
 *
 * A failure of the very first check counts at once. A checker that is down goes through its retries
 * again only where its kind does so; the retries then change nothing but the time of the next check.
 */

/** How a checker counts. */
export interface CheckRules {
  /** How often a failed check is tried again before the server counts as down. */
  readonly retry: number;
  /** Whether failures are tried again while the server is down already, too. */
  readonly retriesWhileDown: boolean;
}

/**
 * What a result means: the checker came `up`, went `down`, is to be tried again soon (`retry`), or
 * nothing changed (`same`).
 */
export type CheckVerdict = 'up' | 'down' | 'retry' | 'same';

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

  private succeed(): CheckVerdict {
    this.tries = 0;
    if (this.up) return 'same';
    this.up = true;
    return 'up';
  }

  private mayRetry(first: boolean): boolean {
    const { retry, retriesWhileDown } = this.rules;
    return !first && this.tries < retry && (this.up || retriesWhileDown);
  }
}
