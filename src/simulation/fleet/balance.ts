/**
 * How long it takes until the load of a service is even again.
 *
 * The measure is the greatest load for each unit of weight, divided by the mean. It is even again when it is at most
 * 5 % above its average in the last 10 s before the event, or below 1.05.
 */

/** How many samples the average before an event has. */
const MEMORY = 10;
/** What is even enough. */
const TOLERANCE = 1.05;

/** Watches the load of one service. */
export class Balance {
  private readonly recent: number[] = [];
  /** What is even enough after the last event. */
  private goal = Infinity;
  private eventSeconds = 0;
  private afterSeconds: number | undefined;

  /**
   * Something happened.
   *
   * @param seconds - When.
   */
  disturb(seconds: number): void {
    const { recent } = this;
    const sum = recent.reduce((total, each) => total + each, 0);
    const usual = recent.length === 0 ? 1 : sum / recent.length;
    this.goal = Math.max(1, usual) * TOLERANCE;
    this.eventSeconds = seconds;
    this.afterSeconds = undefined;
  }

  /**
   * Takes a sample.
   *
   * @param seconds - When.
   * @param imbalance - The measure; `undefined` without a connection.
   */
  sample(seconds: number, imbalance: number | undefined): void {
    if (imbalance === undefined) return;
    if (this.afterSeconds === undefined && imbalance <= this.goal) {
      this.afterSeconds = seconds - this.eventSeconds;
    }
    if (this.recent.push(imbalance) > MEMORY) this.recent.shift();
  }

  /**
   * How long it took.
   *
   * @returns Seconds; `undefined` when it is not even yet.
   */
  taken(): number | undefined {
    return this.afterSeconds;
  }
}
