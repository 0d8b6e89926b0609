/**
 * What existed beside a recorded configuration: its files, the programs of the machine, its users.
 */
import {
  type ConfigurationEnvironment,
  filesInMemory,
} from '../../../src/keepalived/environment.js';

/** The host name of the recorded machine, which `@id` compares with. */
export const RECORDED_ID = 'uml';

/**
 * The surroundings of a recorded configuration.
 *
 * @param files - The files beside it, by relative name.
 * @returns The environment.
 */
export function recordedEnvironment(
  files: Readonly<Record<string, string>> = {},
): ConfigurationEnvironment {
  return {
    ...filesInMemory(files),
    findProgram,
    hasUser: (name) => name === 'root',
    hasGroup: (name) => name === 'root',
  };
}

/** Of the recorded machine, whose `/bin` was a link. */
function findProgram(path: string): string | undefined {
  if (/no-?such|non-?exist|missing/.test(path)) return undefined;
  return path.startsWith('/bin/') ? `/usr${path}` : path;
}
