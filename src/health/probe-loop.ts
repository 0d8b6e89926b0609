/**
 * Probes one real server again and again.
 *
 * Rule: a probe begins one interval after the last one began, or at once when that one took longer,
 * so no two probes of a server overlap. After a failure that is to be tried again the retry delay takes the place
 * of the interval. Jitter lengthens or shortens each interval by up to its share,
 * and delays the first probe, so that many servers (and many balancers) do not probe in step.
 */
import type { RandomSource } from '../random.js';
import type { CancelTimer, Timers } from '../timers.js';
import type { ProbeOutcome, RunningProbe } from './probe.js';

/** When to probe. */
export interface ProbeTiming {
  /** From the beginning of one probe to that of the next, in milliseconds. */
  readonly intervalMs: number;
  /** The same after a failure that is to be tried again, in milliseconds. */
  readonly retryDelayMs: number;
  /** The share of the interval by which it varies, 0–1. */
  readonly jitter: number;
}

/** The repeated probing of one server. */
export class ProbeLoop {
  private readonly timing: ProbeTiming;
  private readonly timers: Timers;
  private readonly random: RandomSource;
  private readonly probe: () => RunningProbe;
  private readonly report: (outcome: ProbeOutcome) => boolean;
  private cancel: CancelTimer | undefined;
  private running: RunningProbe | undefined;

  /**
   * @param timing - When to probe.
   * @param timers - What measures time.
   * @param random - Where jitter comes from.
   * @param probe - Starts one probe.
   * @param report - Called with the result of each; answers whether it is to be tried again soon.
   */
  constructor(
    timing: ProbeTiming,
    timers: Timers,
    random: RandomSource,
    probe: () => RunningProbe,
    report: (outcome: ProbeOutcome) => boolean,
  ) {
    this.timing = timing;
    this.timers = timers;
    this.random = random;
    this.probe = probe;
    this.report = report;
  }

  /** Begins to probe; does nothing when it has begun. */
  start(): void {
    if (this.cancel === undefined && this.running === undefined) {
      this.arm(this.random() * this.timing.jitter * this.timing.intervalMs);
    }
  }

  /** Stops, and abandons the probe that is under way. */
  stop(): void {
    this.cancel?.();
    this.running?.abandon();
    this.cancel = undefined;
    this.running = undefined;
  }

  private arm(delayMs: number): void {
    this.cancel = this.timers.after(delayMs, () => {
      this.cancel = undefined;
      this.once();
    });
  }

  private once(): void {
    const beganMs = this.timers.now();
    const stretch = 1 + this.timing.jitter * (2 * this.random() - 1);
    const running = this.probe();
    this.running = running;
    void running.outcome.then((outcome) => {
      // It may have settled just before it was abandoned.
      if (this.running === running) this.finish(running, outcome, beganMs, stretch);
    });
  }

  private finish(
    running: RunningProbe,
    outcome: ProbeOutcome,
    beganMs: number,
    stretch: number,
  ): void {
    const { intervalMs, retryDelayMs } = this.timing;
    let again = false;
    try {
      again = this.report(outcome);
    } finally {
      // A receiver of the report may have stopped the probes.
      if (this.running === running) {
        this.running = undefined;
        const nextMs = beganMs + (again ? retryDelayMs : intervalMs) * stretch;
        this.arm(Math.max(0, nextMs - this.timers.now()));
      }
    }
  }
}
