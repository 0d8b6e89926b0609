/**
 * Runs plans, and keeps on disk what takes them back, so that any later process can do it.
 *
 * What takes a step back is written before the step is run: after a crash in between, taking back something that
 * was not done fails without harm.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { RunError } from './run-error.js';
import type { Step } from './step.js';

/** The commands that take everything back, on disk. */
export class UndoFile {
  private readonly path: string;

  /** @param path - The file. */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * What is there to be taken back.
   *
   * @returns The commands, the first to be run first.
   */
  read(): (readonly string[])[] {
    if (!existsSync(this.path)) return [];
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as (readonly string[])[];
    } catch {
      throw new RunError(`${this.path}: is damaged, so nothing can be taken back by it`);
    }
  }

  /**
   * Puts a command in front of the others.
   *
   * @param command - The command.
   */
  push(command: readonly string[]): void {
    this.write([command, ...this.read()]);
  }

  /**
   * Replaces the commands.
   *
   * @param commands - The new ones.
   */
  write(commands: readonly (readonly string[])[]): void {
    // A crash must not leave half a file.
    writeFileSync(`${this.path}.new`, JSON.stringify(commands), { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }
}

/**
 * Runs a plan.
 *
 * @param steps - The plan.
 * @param undo - Keeps what takes it back.
 * @throws {RunError} When a command fails; the ones before it stay done.
 */
export function runPlan(steps: readonly Step[], undo: UndoFile): void {
  for (const { run, input, undo: back, mayFail = false } of steps) {
    if (back !== undefined) undo.push(back);
    const problem = runCommand(run, input);
    if (problem !== undefined && !mayFail) throw new RunError(`${run.join(' ')}: ${problem}`);
  }
}

/**
 * Takes back all that was done; what is gone already is passed over.
 *
 * @param undo - What takes it back; empty afterwards.
 * @returns How many commands there were.
 */
export function takeBack(undo: UndoFile): number {
  const commands = undo.read();
  for (const command of commands) runCommand(command);
  undo.write([]);
  return commands.length;
}

/** Runs a command; gives what it complains about when it fails. */
function runCommand(words: readonly string[], input?: string): string | undefined {
  const [program, ...rest] = words;
  const { status, stderr, error } = spawnSync(program, rest, {
    encoding: 'utf8',
    input: input ?? '',
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  if (status === 0) return undefined;
  return error?.message ?? (stderr.trim() || `exit code ${status}`);
}
