/**
 * The files of a director that runs, all in one folder.
 */

/** Where they are. */
export interface RunFiles {
  /** The settings of the supervisor. */
  readonly settings: string;
  /** What takes back the changes of the network. */
  readonly undo: string;
  /** The control socket. */
  readonly control: string;
  /** The connections, for the engine that comes next. */
  readonly journal: string;
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
    control: `${folder}/control`,
    journal: `${folder}/journal`,
    starter: `${folder}/start`,
    launcher: `${folder}/pid`,
  };
}
