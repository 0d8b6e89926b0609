/**
 * What a sub-command of `ipvs` is, and the two ways in which it is refused.
 */
import type { Io } from './io.js';

/** Exit codes of the command. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** Done, and what was compared is not the same. */
  differences: 1,
  /**
   * Not done: wrong usage, an input that cannot be read or is not understood, or an output that cannot
   * be written.
   */
  refused: 2,
  /** A fault of the program itself, with a stack trace. */
  fault: 70,
} as const;

/** One option, under its long name. */
export interface OptionSpec {
  /** What stands for its value in the help, such as `N`; absent for a switch. */
  readonly value?: string;
  /** One line on its meaning. */
  readonly help: string;
}

/** Options by their long names. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** One sub-command. */
export interface Command {
  /** The word after `ipvs`. */
  readonly name: string;
  /** What follows the name, without the options: `'FILE...'`. */
  readonly operands: string;
  /** A few lines on what it does, for `--help`. */
  readonly description: string;
  /** The options it takes; `--help` comes on top. */
  readonly options: OptionTable;
  /**
   * Does the work.
   *
   * @param argv - The words after the name.
   * @param io - The world.
   * @returns The exit code.
   * @throws {UsageError} When the words make no sense.
   * @throws {InputError} When an input cannot be read or is not understood.
   * @throws {OutputError} When an output cannot be written.
   */
  run(argv: readonly string[], io: Io): number | Promise<number>;
}

/** The command was called in a wrong way; the message says what is allowed. */
export class UsageError extends Error {}

/** An input cannot be read or is not understood; the message names it and says why. */
export class InputError extends Error {}
