/**
 * A progress bar for those who wait at a terminal: it appears after a second and leaves no trace.
 */
import { bar } from './bar.js';
import type { Io } from './io.js';

/** Nothing is shown to those who wait less than this. */
const PATIENCE_MS = 1000;
/** The bar moves no more often than this. */
const INTERVAL_MS = 100;
const BAR_WIDTH = 30;

/** The progress of one long piece of work. */
export class Progress {
  private readonly io: Io;
  private readonly total: number;
  private readonly startedMs: number;
  private drawAfterMs: number;
  private shown = false;

  /**
   * @param io - Where to show it, if a terminal shows it.
   * @param total - How much there is to do, above 0.
   */
  constructor(io: Io, total: number) {
    this.io = io;
    this.total = total;
    this.startedMs = io.now();
    this.drawAfterMs = this.startedMs + PATIENCE_MS;
  }

  /**
   * Says how far the work is.
   *
   * @param done - How much is done, 0 to the total.
   */
  update(done: number): void {
    if (!this.io.err.isTerminal) return;
    const now = this.io.now();
    if (now < this.drawAfterMs) return;
    this.drawAfterMs = now + INTERVAL_MS;
    const part = done / this.total;
    const left = part > 0 ? ((now - this.startedMs) * (1 - part)) / part / 1000 : 0;
    const percent = `${Math.floor(part * 100)}`.padStart(3);
    this.io.err.write(`\r${bar(part, BAR_WIDTH)} ${percent} %  ${Math.ceil(left)} s left \u001B[K`);
    this.shown = true;
  }

  /** Takes the bar away. */
  finish(): void {
    if (this.shown) this.io.err.write('\r\u001B[K');
    this.shown = false;
  }
}
