/**
 * Runs the rule language as a command line does: words in; exit status, output and errors out.
 */
import type { Administrator } from '../../src/ipvsadm/administrator.js';
import type { Command } from '../../src/ipvsadm/command.js';
import { IpvsadmError } from '../../src/ipvsadm/error.js';
import { executeCommand } from '../../src/ipvsadm/execute.js';
import { parseArguments, parseCommand } from '../../src/ipvsadm/parse.js';
import { restoreRules } from '../../src/ipvsadm/restore.js';

/** What a program answers. */
export interface Answer {
  /** The exit status. */
  readonly exitStatus: number;
  /** Standard output. */
  readonly output: string;
  /** Standard error. */
  readonly errors: string;
}

// What was recorded was saved by the tool, with all it forgets.
const asRecorded = { exactSave: true };

/**
 * Runs a command given as words.
 *
 * @param words - The arguments.
 * @param administrator - Whom they concern.
 * @returns The answer.
 */
export function runArguments(words: readonly string[], administrator: Administrator): Answer {
  return run(() => parseArguments(words), administrator);
}

/**
 * Runs a command given as a line of rules.
 *
 * @param line - The line.
 * @param administrator - Whom it concerns.
 * @returns The answer.
 */
export function runLine(line: string, administrator: Administrator): Answer {
  return run(() => parseCommand(line), administrator);
}

/**
 * Restores rules.
 *
 * @param rules - The rules.
 * @param administrator - Whom they concern.
 * @returns The answer.
 */
export function runRestore(rules: string, administrator: Administrator): Answer {
  const { exitStatus, output, errors } = restoreRules(rules, administrator, asRecorded);
  return { exitStatus, output, errors: errors.map((error) => error.output).join('') };
}

function run(parse: () => Command, administrator: Administrator): Answer {
  try {
    const output = executeCommand(parse(), administrator, asRecorded);
    return { exitStatus: 0, output, errors: '' };
  } catch (error) {
    if (!(error instanceof IpvsadmError)) throw error;
    return { exitStatus: error.exitStatus, output: '', errors: error.output };
  }
}
