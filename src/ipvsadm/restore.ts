/**
 * Runs many lines of rules, either as the tool does or all or none.
 *
 * As the tool does: a line that is refused with exit status 255 says so and the next one is done;
 * any other refusal ends the restore, and what came before stays. The exit status is that of the last line
 * that was done. All or none: every line is read
 * first and tried on a copy of the configuration, and nothing is changed when one is refused.
 */
import { parseCommand } from './parse.js';
import type { Administrator } from './administrator.js';
import type { Command } from './command.js';
import { type ExitStatus, IpvsadmError } from './error.js';
import { executeCommand, type ExecuteOptions } from './execute.js';
import type { ParseOptions } from './parse-options.js';
import { splitLine } from './split.js';

/** How lines are read, and what they answer is written. */
export interface RestoreOptions extends ExecuteOptions, ParseOptions {}

/** What became of a restore. */
export interface RestoreResult {
  /** The tool's exit status: that of the line that ended the restore, else of the last line; blank ones aside. */
  readonly exitStatus: 0 | ExitStatus;
  /** What it wrote to its standard output. */
  readonly output: string;
  /** The lines that were refused, in order. */
  readonly errors: readonly IpvsadmError[];
}

/**
 * Runs lines as the tool does: what is refused is skipped, or ends the restore.
 *
 * @param rules - Lines of rules; blank lines, and comments unless `strict`, are skipped.
 * @param administrator - Whom they concern.
 * @param options - How lines are read, and listings and saved rules written.
 * @returns What became of it; no refusal is thrown.
 */
export function restoreRules(
  rules: string,
  administrator: Administrator,
  options: RestoreOptions = {},
): RestoreResult {
  const errors: IpvsadmError[] = [];
  let output = '';
  let exitStatus: RestoreResult['exitStatus'] = 0;
  for (const { text, number } of linesOf(rules, options)) {
    try {
      const command = parseCommand(text, number, options);
      output += run(command, number, text, administrator, options);
      exitStatus = 0;
    } catch (error) {
      if (!(error instanceof IpvsadmError)) throw error;
      errors.push(error);
      exitStatus = error.exitStatus;
      if (error.endsRestore) break;
    }
  }
  return { exitStatus, output, errors };
}

/**
 * Runs all lines, or none when one would be refused.
 *
 * @param rules - Lines of rules; blank lines, and comments unless `strict`, are skipped.
 * @param administrator - Whom they concern.
 * @param options - How lines are read, and listings and saved rules written.
 * @returns What the lines write to standard output.
 * @throws {IpvsadmError} The first refusal; nothing is changed then.
 */
export function restoreAllRules(
  rules: string,
  administrator: Administrator,
  options: RestoreOptions = {},
): string {
  const lines = linesOf(rules, options).map(({ text, number }) => {
    return { text, number, command: parseCommand(text, number, options) };
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

function linesOf(
  rules: string,
  { strict }: ParseOptions,
): { readonly text: string; readonly number: number }[] {
  return rules
    .split(/\r?\n/)
    .map((text, index) => ({ text, number: index + 1 }))
    .filter(({ text }) => splitLine(text, strict).length > 0);
}
