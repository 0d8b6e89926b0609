/**
 * Runs many lines of rules, either as the tool does or all or none.
 *
 * As the tool does: a line that is refused with exit status 255 says so and the next one is done;
 * any other refusal ends the restore, and what came before stays. The exit status is that of the last line
 * that was done. All or none: every line is read
 * first and tried on a copy of the configuration, and nothing is changed when one is refused.
 */
import { parseArguments, parseCommand } from './parse.js';
import type { Administrator } from './administrator.js';
import type { Command } from './command.js';
import { type ExitStatus, IpvsadmError } from './error.js';
import { executeChecked, type ExecuteOptions } from './execute.js';
import type { ParseOptions } from './parse-options.js';
import { PlainRuleReader } from './plain-rule.js';
import { type RuleLine, ruleLinesOf } from './numbered-lines.js';
import { requireTextOptions } from './text-options.js';

/** How lines are read, and what they answer is written. */
export interface RestoreOptions extends ExecuteOptions, ParseOptions {
  /** Whether no refused line ends the restore, as when a script calls the tool for each; default `false`. */
  readonly everyLine?: boolean;
}

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
 * @param rules - Lines of rules, of which blank ones, and comments unless `strict`, are skipped; or rules with
 *   their places.
 * @param administrator - Whom they concern.
 * @param options - How lines are read, and listings and saved rules written.
 * @returns What became of it; no refusal is thrown.
 */
export function restoreRules(
  rules: string | Iterable<RuleLine>,
  administrator: Administrator,
  options: RestoreOptions = {},
): RestoreResult {
  requireTextOptions(options);
  const errors: IpvsadmError[] = [];
  const plain = new PlainRuleReader();
  let output = '';
  let exitStatus: RestoreResult['exitStatus'] = 0;
  for (const rule of linesOf(rules, options)) {
    try {
      output += run(commandOf(rule, options, plain), rule, administrator, options);
      exitStatus = 0;
    } catch (error) {
      if (!(error instanceof IpvsadmError)) throw error;
      errors.push(error);
      exitStatus = error.exitStatus;
      if (error.endsRestore && options.everyLine !== true) break;
    }
  }
  return { exitStatus, output, errors };
}

/**
 * Runs all lines, or none when one would be refused.
 *
 * @param rules - Lines of rules, of which blank ones, and comments unless `strict`, are skipped; or rules with
 *   their places.
 * @param administrator - Whom they concern.
 * @param options - How lines are read, and listings and saved rules written.
 * @returns What the lines write to standard output.
 * @throws {IpvsadmError} The first refusal; nothing is changed then.
 */
export function restoreAllRules(
  rules: string | Iterable<RuleLine>,
  administrator: Administrator,
  options: RestoreOptions = {},
): string {
  requireTextOptions(options);
  const plain = new PlainRuleReader();
  const done = [...linesOf(rules, options)].map((rule) => {
    return { rule, command: commandOf(rule, options, plain) };
  });
  const trial = administrator.dryRun();
  for (const { command, rule } of done) run(command, rule, trial, options);
  return done.map(({ command, rule }) => run(command, rule, administrator, options)).join('');
}

/**
 * Runs lines up to the first one that is refused. What came before it stays done, so this is for an administrator that
 * is of no use then.
 *
 * @param rules - Lines of rules, as for {@link restoreAllRules}.
 * @param administrator - Whom they concern.
 * @param options - How lines are read, and listings and saved rules written.
 * @returns What the lines write to standard output.
 * @throws {IpvsadmError} The first refusal.
 */
export function restoreUntilRefused(
  rules: string | Iterable<RuleLine>,
  administrator: Administrator,
  options: RestoreOptions = {},
): string {
  const plain = new PlainRuleReader();
  let output = '';
  for (const rule of linesOf(rules, options)) {
    output += run(commandOf(rule, options, plain), rule, administrator, options);
  }
  return output;
}

function commandOf(
  { text, line, words }: RuleLine,
  options: ParseOptions,
  plain: PlainRuleReader,
): Command {
  if (words === undefined) return plain.read(text) ?? parseCommand(text, line, options);
  try {
    return parseArguments(words, options);
  } catch (error) {
    throw error instanceof IpvsadmError ? error.inLine(line, text) : error;
  }
}

function run(
  command: Command,
  { line, text }: RuleLine,
  administrator: Administrator,
  options: ExecuteOptions,
): string {
  try {
    return executeChecked(command, administrator, options);
  } catch (error) {
    throw error instanceof IpvsadmError ? error.inLine(line, text) : error;
  }
}

function linesOf(rules: string | Iterable<RuleLine>, { strict }: ParseOptions): Iterable<RuleLine> {
  return typeof rules === 'string' ? ruleLinesOf(rules, strict) : rules;
}
