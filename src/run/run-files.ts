/**
 * The files of a director that runs, all in one folder.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { RunError } from './run-error.js';

/** Where they are. */
export interface RunFiles {
  /** The settings of the supervisor. */
  readonly settings: string;
  /** What takes back the changes of the network. */
  readonly undo: string;
  /** The network namespace in which they were made. */
  readonly network: string;
  /** The control socket. */
  readonly control: string;
  /** The folder of the user that engines run as. */
  readonly engine: string;
  /** The connections, for the engine that comes next. */
  readonly journal: string;
  /** When the director worked last. */
  readonly worked: string;
  /** Starts the supervisor. */
  readonly starter: string;
  /** The number of the launcher's process. */
  readonly launcher: string;
}

/** The folder of all directors. */
export const RUN_FOLDER = '/run/ipvs';

/**
 * The files in a folder.
 *
 * @param folder - The folder.
 * @returns Their paths.
 */
export function runFiles(folder: string): RunFiles {
  return {
    settings: `${folder}/settings.json`,
    undo: `${folder}/undo.json`,
    network: `${folder}/network`,
    control: `${folder}/control`,
    engine: `${folder}/engine`,
    journal: `${folder}/engine/journal`,
    worked: `${folder}/worked`,
    starter: `${folder}/start`,
    launcher: `${folder}/pid`,
  };
}

/**
 * Writes a file for its owner alone; a crash, or a full disk, leaves the one before.
 *
 * @param path - The file.
 * @param text - All that is in it.
 * @throws {RunError} When it cannot be written.
 */
export function writeRunFile(path: string, text: string): void {
  try {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new RunError(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
