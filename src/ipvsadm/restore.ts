/**
 * Runs many lines of rules, either as the tool does or all or none.
 *
 * As the tool does: a line that is refused with exit status 255 says so and the next one is done;
 * any other refusal ends the restore, and what came before stays. All or none: every line is read
 * first and tried on a copy of the configuration, and nothing is changed when one is refused.
 */
import { parseCommand } from './parse.js';
import type { Administrator } from './administrator.js';
import type { Command } from './command.js';
import { type ExitStatus, IpvsadmError } from './error.js';
import { executeCommand, type ExecuteOptions } from './execute.js';
import { splitLine } from './split.js';

/** What became of a restore. */
export interface RestoreResult {
  /** The tool's exit status; 0 when it came to the end. */
  readonly exitStatus: 0 | ExitStatus;
  /** What it wrote to its standard output. */
  readonly output: string;
  /** The lines that were refused, in order. */
  readonly errors: readonly IpvsadmError[];
}

/**
 * Runs lines as the tool does: what is refused is skipped, or ends the restore.
 *
 * @param rules - Lines of rules; blank lines and comments are skipped.
 * @param administrator - Whom they concern.
 * @param options - How listings and saved rules are written.
 * @returns What became of it; no refusal is thrown.
 */
export function restoreRules(
  rules: string,
  administrator: Administrator,
  options: ExecuteOptions = {},
): RestoreResult {
  const errors: IpvsadmError[] = [];
  let output = '';
  for (const { text, number } of linesOf(rules)) {
    try {
      output += run(parseCommand(text, number), number, text, administrator, options);
    } catch (error) {
      if (!(error instanceof IpvsadmError)) throw error;
      errors.push(error);
      if (error.endsRestore) return { exitStatus: error.exitStatus, output, errors };
    }
  }
  return { exitStatus: 0, output, errors };
}

/**
 * Runs all lines, or none when one would be refused.
 *
 * @param rules - Lines of rules; blank lines and comments are skipped.
 * @param administrator - Whom they concern.
 * @param options - How listings and saved rules are written.
 * @returns What the lines write to standard output.
 * @throws {IpvsadmError} The first refusal; nothing is changed then.
 */
export function restoreAllRules(
  rules: string,
  administrator: Administrator,
  options: ExecuteOptions = {},
): string {
  const lines = linesOf(rules).map(({ text, number }) => {
    return { text, number, command: parseCommand(text, number) };
  });
  const trial = administrator.dryRun();
  for (const { command, number, text } of lines) run(command, number, text, trial, options);
  return lines
    .map(({ command, number, text }) => run(command, number, text, administrator, options))
    .join('');
}

function run(
  command: Command,
  line: number,
  text: string,
  administrator: Administrator,
  options: ExecuteOptions,
): string {
  try {
    return executeCommand(command, administrator, options);
  } catch (error) {
    throw error instanceof IpvsadmError ? error.inLine(line, text) : error;
  }
}

function linesOf(rules: string): { text: string; number: number }[] {
  return rules
    .split(/\r?\n/)
    .map((text, index) => ({ text, number: index + 1 }))
    .filter(({ text }) => splitLine(text).length > 0);
}
