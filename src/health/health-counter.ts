/**
 * When a real server counts as down, and when as up again.
 *
 * Rule: an up server goes down after n failures in a row, a down one comes up after m successes in a
 * row; one result of the other kind starts the count again. This keeps a server with a single lost
 * probe in service, and a server that answers now and then out of it.
 */

/** How many probes in a row had the same result, as plain JSON. */
export interface HealthCounterState {
  /** Whether the server is up. */
  readonly up: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Successes in a row. */
  readonly successes: number;
}

/** Counts the results of one server's probes. */
export class HealthCounter {
  private readonly fall: number;
  private readonly rise: number;
  private isUp: boolean;
  private failed = 0;
  private succeeded = 0;

  /**
   * @param fall - Failures in a row that take an up server down, 1 or more.
   * @param rise - Successes in a row that bring a down server up, 1 or more.
   * @param up - Whether it begins as up.
   */
  constructor(fall: number, rise: number, up: boolean) {
    this.fall = fall;
    this.rise = rise;
    this.isUp = up;
  }

  /** Whether the server is up. */
  get up(): boolean {
    return this.isUp;
  }

  /** Failures in a row up to now. */
  get failures(): number {
    return this.failed;
  }

  /** Successes in a row up to now. */
  get successes(): number {
    return this.succeeded;
  }

  /**
   * Counts a result.
   *
   * @param healthy - Whether the server was well.
   * @returns Whether the server has thereby gone down or come up.
   */
  count(healthy: boolean): boolean {
    this.failed = healthy ? 0 : this.failed + 1;
    this.succeeded = healthy ? this.succeeded + 1 : 0;
    const up = this.isUp ? this.failed < this.fall : this.succeeded >= this.rise;
    const changed = up !== this.isUp;
    this.isUp = up;
    return changed;
  }

  /**
   * Writes the counts out.
   *
   * @returns Plain JSON for {@link HealthCounter.restore}.
   */
  toJSON(): HealthCounterState {
    return { up: this.isUp, failures: this.failed, successes: this.succeeded };
  }

  /**
   * Reads counts back.
   *
   * @param state - What {@link HealthCounter.toJSON} gave.
   */
  restore(state: HealthCounterState): void {
    this.isUp = state.up;
    this.failed = state.failures;
    this.succeeded = state.successes;
  }
}
