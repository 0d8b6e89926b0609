/**
 * The check that no option of reading, executing, listing and saving rules is misspelled.
 *
 * One object of options serves all of these functions, so each accepts the names of all.
 */
import { type OptionNames, requireKnownOptions } from '../errors.js';
import type { ListOptions } from './list-services.js';
import type { ParseOptions } from './parse-options.js';
import type { RestoreOptions } from './restore.js';
import type { SaveOptions } from './save.js';

const TEXT_OPTIONS: OptionNames<ParseOptions & ListOptions & SaveOptions & RestoreOptions> = {
  strict: true,
  hosts: true,
  tableSize: true,
  exactSave: true,
  names: true,
  everyLine: true,
};

/**
 * Checks the options of a function of this folder.
 *
 * @param options - The options.
 * @throws {TypeError} When it is no object, or a name is unknown.
 */
export function requireTextOptions(options: unknown): void {
  requireKnownOptions('read or write rules', options, TEXT_OPTIONS);
}
