/**
 * What a command may touch of the world outside: one place to read from and two to write to, the
 * environment, and time.
 *
 * Passing it in lets a test run a whole command in its own process. {@link nodeIo} makes the real one.
 */
import { isatty } from 'node:tty';
import { decodeText } from './decode-text.js';
import { readFully } from './input.js';
import type { Sink } from './sink.js';
import { MessageOutput, TextOutput } from './text-output.js';

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
   * Finds the IPv4 address of a host name, as this machine resolves it.
   *
   * @param name - The name.
   * @returns The first address, or `undefined` when there is none.
   */
  lookUp(name: string): Promise<string | undefined>;
  /**
   * Time that passes for the person who waits.
   *
   * @returns Milliseconds since an arbitrary origin.
   */
  now(): number;
  /** The address of the program's file, which a further thread runs; absent where there are no further threads. */
  readonly program?: string;
}

const STANDARD_INPUT = 0;
const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/**
 * The world of this process.
 *
 * @param program - The address of the program's file, for further threads; default there are none.
 * @returns Standard input, output and error, the environment and the monotonic clock.
 */
export function nodeIo(program?: string): Io {
  const out = new TextOutput(STANDARD_OUTPUT, 'standard output');
  return {
    out,
    err: new MessageOutput(STANDARD_ERROR, out),
    in: {
      isTerminal: isatty(STANDARD_INPUT),
      read: () => decodeText(readFully(STANDARD_INPUT)),
    },
    env: process.env,
    lookUp: lookUpIpv4,
    now: () => performance.now(),
    ...(program !== undefined && { program }),
  };
}

async function lookUpIpv4(name: string): Promise<string | undefined> {
  try {
    const { lookup } = await import('node:dns/promises');
    return (await lookup(name, { family: 4 })).address;
  } catch {
    return undefined;
  }
}
