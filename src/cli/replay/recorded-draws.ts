/**
 * A random source that gives the numbers of a recording, and notices when other ones are asked for.
 */
import type { RandomSource } from '../../random.js';

/** A recorded draw: value r of 0 ≤ r < T, and T. */
export type Draw = readonly [value: number, bound: number];

/** The draws of one pick at a time. */
export class RecordedDraws {
  private expected: readonly Draw[] = [];
  private consumed = 0;

  /** Gives the recorded numbers in their order; beyond them, one half. */
  readonly source: RandomSource = () => {
    const draw = this.expected[this.consumed];
    this.consumed += 1;
    // The middle of the r-th of T equal parts, so that no rounding can leave it.
    return draw === undefined ? 0.5 : (draw[0] + 0.5) / draw[1];
  };

  /**
   * Sets what the next pick shall consume.
   *
   * @param draws - The recorded draws.
   */
  expect(draws: readonly Draw[]): void {
    this.expected = draws;
    this.consumed = 0;
  }

  /**
   * Tells whether exactly the expected draws were consumed.
   *
   * @returns Nothing when they were, else a remark for the report.
   */
  remark(): string {
    const wanted = this.expected.length;
    return this.consumed === wanted ? '' : ` after ${this.consumed} draws instead of ${wanted}`;
  }
}
