/**
 * What was answered to one command of `ipvs admin`, or to the rules as a whole.
 */
import { IpvsadmError } from '../../ipvsadm/error.js';
import { EXIT } from '../command.js';
import type { Io } from '../io.js';
import { refusalText } from '../rules-file.js';

/** One answer. */
export interface Answer {
  /** The command; `undefined` for the rules. */
  readonly command: string | undefined;
  /** The tool's exit status. */
  readonly exitStatus: number;
  /** What goes to standard output. */
  readonly output: string;
  /** The lines that were refused. */
  readonly errors: readonly IpvsadmError[];
  /** What else is said of the rules, in whole sentences with their places. */
  readonly messages?: readonly string[];
}

/**
 * Runs a command and takes down what comes of it.
 *
 * @param command - The command; `undefined` for the rules.
 * @param run - Gives the output.
 * @returns The answer; a refusal is part of it.
 */
export function answerOf(command: string | undefined, run: () => string): Answer {
  try {
    return { command, exitStatus: EXIT.ok, output: run(), errors: [] };
  } catch (error) {
    if (!(error instanceof IpvsadmError)) throw error;
    const placed = command === undefined ? error : error.inLine(1, command);
    return { command, exitStatus: error.exitStatus, output: '', errors: [placed] };
  }
}

/**
 * Prints an answer.
 *
 * @param answer - The answer.
 * @param file - The name of the file of rules.
 * @param io - The world.
 */
export function printAnswer(answer: Answer, file: string, io: Io): void {
  const { command, output, errors, messages = [] } = answer;
  for (const message of messages) io.err.write(`ipvs admin: ${message}\n`);
  for (const error of errors) {
    const where = command === undefined ? `${file}:${error.line}:` : `${command}: column `;
    io.err.write(`ipvs admin: ${refusalText(where, error)}\n`);
  }
  io.out.write(output);
}

/**
 * An answer as plain JSON.
 *
 * @param answer - The answer.
 * @returns The document; `messages` only where there are some.
 */
export function answerAsJson({
  command,
  exitStatus,
  output,
  errors,
  messages = [],
}: Answer): object {
  return {
    command: command ?? null,
    exitStatus,
    output,
    errors: errors.map(({ line, column, text, message, hint, code }) => {
      return { line, column, text, message: message.trimEnd(), hint, code };
    }),
    ...(messages.length > 0 && { messages }),
  };
}
