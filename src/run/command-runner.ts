/**
 * Runs plans, and keeps on disk what takes them back, so that any later process can do it.
 *
 * What takes a plan back is written before the plan is run: after a crash in between, taking back something that
 * was not done fails without harm.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { RunError } from './run-error.js';
import { writeRunFile } from './run-files.js';
import { lenientScriptOf, type Step, strictScriptOf, undoOf } from './step.js';

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
   * Puts commands in front of the others.
   *
   * @param commands - The commands.
   * @throws {RunError} When the file cannot be written.
   */
  push(commands: readonly (readonly string[])[]): void {
    if (commands.length === 0) return;
    writeRunFile(this.path, JSON.stringify([...commands, ...this.read()]));
  }

  /** Forgets the commands; a full disk does not prevent it. */
  forget(): void {
    rmSync(this.path, { force: true });
  }
}

/**
 * Runs a plan, in one shell: a process for each command would take its time.
 *
 * @param steps - The plan.
 * @param undo - Keeps what takes it back.
 * @throws {RunError} When a command fails; the ones before it stay done.
 */
export function runPlan(steps: readonly Step[], undo: UndoFile): void {
  undo.push(undoOf(steps));
  const { status, stderr, error } = spawnSync('sh', [], {
    encoding: 'utf8',
    input: strictScriptOf(steps),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  const lines = stderr.trim().split('\n');
  const failed = steps[Number(/^step (\d+)$/.exec(lines.at(-1) ?? '')?.[1])] as Step | undefined;
  const complaint = lines.slice(0, -1).join('; ');
  throw new RunError(`${failed?.run.join(' ') ?? 'sh'}: ${error?.message ?? complaint}`);
}

/**
 * Takes back all that was done; what is gone already is passed over.
 *
 * @param undo - What takes it back; empty afterwards.
 * @returns How many commands there were.
 */
export function takeBack(undo: UndoFile): number {
  const commands = undo.read();
  if (commands.length === 0) return 0;
  spawnSync('sh', [], { input: lenientScriptOf(commands), stdio: ['pipe', 'ignore', 'ignore'] });
  undo.forget();
  return commands.length;
}
