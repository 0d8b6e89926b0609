/**
 * Which URL of a checker is next. Until the checker is up, all are asked once; after a failure the failed
 * one is asked until it is good, and then all of them again.
 */
export class UrlRound {
  /** The URL that is next. */
  url = 0;
  /** Whether the answers count towards coming up. */
  recovering = true;

  private readonly count: number;
  private failed = false;

  /** @param count - How many URLs there are, 1 or more. */
  constructor(count: number) {
    this.count = count;
  }

  /** The present URL has failed for good. */
  fail(): void {
    this.failed = true;
    this.recovering = true;
  }

  /**
   * The present URL is good.
   *
   * @returns Whether that completes a round after which the checker is up.
   */
  succeed(): boolean {
    if (this.failed) {
      this.failed = false;
      this.url = 0;
      return false;
    }
    this.url = (this.url + 1) % this.count;
    if (!this.recovering || this.url !== 0) return false;
    this.recovering = false;
    return true;
  }
}
