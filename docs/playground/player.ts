/**
 * Lets time pass while the reader looks on.
 */

/** The least time between two drawings, in milliseconds; longer for those who prefer less motion. */
const FRAME_MS = 33;
const CALM_FRAME_MS = 500;

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * Whether the reader prefers that things do not move by themselves.
 *
 * @returns The preference at present.
 */
export function prefersCalm(): boolean {
  return calm.matches;
}

/** Calls back with the time that has passed, until it is stopped. */
export class Player {
  private readonly advance: (elapsedMs: number) => void;
  private lastMs = 0;
  private request = 0;

  /**
   * @param advance - Lets time pass; given in milliseconds.
   */
  constructor(advance: (elapsedMs: number) => void) {
    this.advance = advance;
  }

  /** Whether time passes. */
  get playing(): boolean {
    return this.request !== 0;
  }

  /** Starts. */
  start(): void {
    if (this.playing) return;
    this.lastMs = performance.now();
    this.request = requestAnimationFrame(this.frame);
  }

  /** Stops. */
  stop(): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
  }

  private readonly frame = (nowMs: number): void => {
    this.request = requestAnimationFrame(this.frame);
    const elapsedMs = nowMs - this.lastMs;
    if (elapsedMs < (calm.matches ? CALM_FRAME_MS : FRAME_MS)) return;
    this.lastMs = nowMs;
    // A page that was in the background goes on where it was.
    this.advance(Math.min(elapsedMs, 1000));
  };
}
