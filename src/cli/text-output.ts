/**
 * Standard output and standard error as text: results that no terminal shows are gathered, messages never.
 */
import { isatty } from 'node:tty';
import type { Sink } from './sink.js';
import { OutputError, writeFully } from './output.js';

/** Characters that are gathered before they are written. */
const CHUNK = 1 << 16;
/** Columns of an output that has no width. */
const DEFAULT_COLUMNS = 80;

/**
 * Results. A terminal sees each text at once; anything else in chunks, and at the latest when the event
 * loop goes on.
 *
 * After a failure every further use fails in the same way, so that no failure is lost.
 */
export class TextOutput implements Sink {
  readonly isTerminal: boolean;
  private readonly descriptor: number;
  private readonly name: string;
  private pending = '';
  private failure: unknown;
  private isFlushDue = false;

  /**
   * @param descriptor - Where to, 1 or 2.
   * @param name - What it is called in messages.
   */
  constructor(descriptor: number, name: string) {
    this.descriptor = descriptor;
    this.name = name;
    this.isTerminal = isatty(descriptor);
  }

  get columns(): number {
    return columnsOf(this.descriptor, this.isTerminal);
  }

  write(text: string): void {
    this.pending += text;
    if (this.isTerminal || this.pending.length >= CHUNK || this.failure !== undefined) this.flush();
    else this.flushLater();
  }

  flush(): void {
    if (this.failure !== undefined) throw this.failure;
    const text = this.pending;
    this.pending = '';
    try {
      writeFully(this.descriptor, this.name, Buffer.from(text));
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  private flushLater(): void {
    if (this.isFlushDue) return;
    this.isFlushDue = true;
    setImmediate(() => {
      this.isFlushDue = false;
      if (this.failure === undefined) attempt(() => this.flush());
    });
  }
}

/** Messages: behind the results so far, at once, and lost when they cannot be written: no other place is left. */
export class MessageOutput implements Sink {
  readonly isTerminal: boolean;
  private readonly descriptor: number;
  private readonly results: TextOutput;

  /**
   * @param descriptor - Where to, 2.
   * @param results - What is written before each message.
   */
  constructor(descriptor: number, results: TextOutput) {
    this.descriptor = descriptor;
    this.results = results;
    this.isTerminal = isatty(descriptor);
  }

  get columns(): number {
    return columnsOf(this.descriptor, this.isTerminal);
  }

  write(text: string): void {
    attempt(() => this.results.flush());
    attempt(() => writeFully(this.descriptor, 'standard error', Buffer.from(text)));
  }

  flush(): void {
    // Each message is written at once.
  }
}

/** Node's own streams make pipes non-blocking, so they are only asked about terminals. */
function columnsOf(descriptor: number, isTerminal: boolean): number {
  if (!isTerminal) return DEFAULT_COLUMNS;
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  return stream.columns || DEFAULT_COLUMNS;
}

/** Does what may fail to write; the failure shows at the next use, or not at all. */
function attempt(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
  }
}
