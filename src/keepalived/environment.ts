/**
 * What a configuration refers to outside of itself: files, programs, users. All of it is handed in,
 * so that a browser can read a configuration, and a test decides what exists.
 */

/** A name in a folder. */
export interface FolderEntry {
  /** The name, without a path. */
  readonly name: string;
  /** Whether it is a folder. */
  readonly folder: boolean;
}

/** Where a configuration's files, programs and users are. Paths use `/`. */
export interface ConfigurationEnvironment {
  /**
   * Reads a file.
   *
   * @param path - The path, relative to the folder of the main file or absolute.
   * @returns The text; `undefined` when there is no such file.
   */
  read(path: string): string | undefined;
  /**
   * Lists a folder, for the patterns of `include`.
   *
   * @param folder - The path; empty = the folder of the main file.
   * @returns The entries in any order; `undefined` when there is no such folder.
   */
  list(folder: string): readonly FolderEntry[] | undefined;
  /**
   * Finds a program; when missing, every one is where it is said to be.
   *
   * @param path - The program, a path or a name to be searched for.
   * @returns The path of its file; `undefined` when there is none.
   */
  findProgram?(path: string): string | undefined;
  /**
   * Whether a user exists; when missing, every one does.
   *
   * @param name - The user's name.
   */
  hasUser?(name: string): boolean;
  /**
   * Whether a group of users exists; when missing, every one does.
   *
   * @param name - The group's name.
   */
  hasGroup?(name: string): boolean;
}

/**
 * An environment of files in memory.
 *
 * @param files - Texts by path, relative to the folder of the main file.
 * @returns The environment; every program and every user exists.
 */
export function filesInMemory(
  files: Readonly<Record<string, string>> = {},
): ConfigurationEnvironment {
  return {
    read: (path) => {
      const name = withoutDots(path);
      return Object.hasOwn(files, name) ? files[name] : undefined;
    },
    list: (folder) => entriesBelow(Object.keys(files), withoutDots(folder)),
  };
}

/** A path without its steps to where it is. */
function withoutDots(path: string): string {
  return path.replaceAll(/(?<=^|\/)\.\//g, '');
}

function entriesBelow(paths: readonly string[], folder: string): FolderEntry[] | undefined {
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  const entries = new Map<string, boolean>();
  for (const path of paths) {
    if (!path.startsWith(prefix)) continue;
    const [name, ...below] = path.slice(prefix.length).split('/') as [string, ...string[]];
    entries.set(name, below.length > 0);
  }
  if (entries.size === 0 && folder !== '') return undefined;
  return [...entries].map(([name, isFolder]) => ({ name, folder: isFolder }));
}
