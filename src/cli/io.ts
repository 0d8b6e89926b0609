/**
 * What a command may touch of the world outside: one place to read from and two to write to, the
 * environment, and time.
 *
 * Handing it in lets a test run a whole command in its own process. The real one is made by
 * {@link nodeIo}; a reader that goes away early (`ipvs … | head`) ends the process quietly.
 */
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';

/** A place to write text to. */
export interface Sink {
  /** Whether a person is watching. */
  readonly isTerminal: boolean;
  /** How many characters fit on a line. */
  readonly columns: number;
  /**
   * Writes text.
   *
   * @param text - Any text; line ends are the caller's.
   */
  write(text: string): void;
}

/** A place to read text from. */
export interface Source {
  /** Whether a person would have to type it. */
  readonly isTerminal: boolean;
  /**
   * Reads to the end.
   *
   * @returns The whole text.
   */
  read(): string;
}

/** The world of a command. */
export interface Io {
  /** Results. */
  readonly out: Sink;
  /** Messages, usage errors and progress. */
  readonly err: Sink;
  /** Where rules may come from. */
  readonly in: Source;
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Time that passes for the person who waits.
   *
   * @returns Milliseconds since an arbitrary origin.
   */
  now(): number;
}

/** The file descriptor of standard input. */
const STANDARD_INPUT = 0;
/** Columns of a place that has no width. */
const DEFAULT_COLUMNS = 120;

/**
 * The world of this process.
 *
 * @returns Standard input, output and error, the environment and the monotonic clock.
 */
export function nodeIo(): Io {
  return {
    out: sinkOf(process.stdout),
    err: sinkOf(process.stderr),
    in: {
      isTerminal: isatty(STANDARD_INPUT),
      read: () => readFileSync(STANDARD_INPUT, 'utf8'),
    },
    env: process.env,
    now: () => performance.now(),
  };
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  stream.on('error', endQuietlyWhenUnread);
  return {
    isTerminal: stream.isTTY,
    get columns() {
      return stream.isTTY ? stream.columns : DEFAULT_COLUMNS;
    },
    write: (text) => void stream.write(text),
  };
}

function endQuietlyWhenUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
