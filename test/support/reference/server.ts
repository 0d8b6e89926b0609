/**
 * The server record of the reference: counters, thresholds and cost exactly as the rules say,
 * one connection at a time.
 */

/** One real server. */
export class ReferenceServer {
  readonly id: number;
  readonly addr: string;
  readonly port: number;
  weight = 0;
  lastWeight = 0;
  active = 0;
  total = 0;
  upper = 0;
  lower = 0;
  effectiveLower = 0;
  overloaded = false;
  available = false;

  constructor(id: number, addr: string, port: number) {
    this.id = id;
    this.addr = addr;
    this.port = port;
  }

  /** Stores thresholds and judges afresh, only if they differ from the stored ones. */
  applyThresholds(upper: number, lower: number): void {
    if (upper === this.upper && lower === this.lower) return;
    this.upper = upper;
    this.lower = lower;
    this.effectiveLower = lower === 0 ? upper - Math.floor(upper / 4) : lower;
    if (upper === 0) this.overloaded = false;
    else if (this.total >= upper) this.overloaded = true;
    else if (this.total < this.effectiveLower) this.overloaded = false;
  }

  /** Moves the active ones at once and the total one by one, up or down. */
  move(active: number, inactive: number): void {
    this.active += active;
    let steps = active + inactive;
    for (; steps > 0; steps--) {
      steps -= this.skip(steps, this.upper - 1 - this.total);
      this.bind();
    }
    for (; steps < 0; steps++) {
      steps += this.skip(-steps, this.total - this.effectiveLower, -1);
      this.unbind();
    }
  }

  /** Passes over steps that cannot touch the flag, all but the last: some recorded ones are 2^24 long. */
  private skip(steps: number, harmless: number, direction = 1): number {
    const skipped = Math.max(0, Math.min(harmless < 0 ? steps - 1 : harmless, steps - 1));
    this.total += skipped * direction;
    return skipped;
  }

  private bind(): void {
    this.total += 1;
    if (this.total === this.upper) this.overloaded = true;
  }

  private unbind(): void {
    if (this.total === this.effectiveLower) this.overloaded = false;
    this.total -= 1;
  }

  /** Whether it has weight and is not overloaded. */
  get usable(): boolean {
    return this.weight > 0 && !this.overloaded;
  }

  /** 256 × active + total as a signed 32-bit number. */
  get cost(): number {
    return Number(BigInt.asIntN(32, (BigInt(this.active) << 8n) + BigInt(this.total)));
  }
}
