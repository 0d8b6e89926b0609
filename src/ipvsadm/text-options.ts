/**
 * The check that no option of reading, executing, listing and saving rules is misspelled.
 *
 * One object of options serves all of these functions, so each accepts the names of all.
 */
import { requireKnownOptions } from '../errors.js';

/** The names of the options of all these functions together. */
export const TEXT_OPTION_NAMES = {
  strict: true,
  hosts: true,
  tableSize: true,
  exactSave: true,
  names: true,
  everyLine: true,
} as const;

/**
 * Checks the options of a function of this folder.
 *
 * @param options - The options.
 * @throws {TypeError} When it is no object, or a name is unknown.
 */
export function requireTextOptions(options: unknown): void {
  requireKnownOptions('read or write rules', options, TEXT_OPTION_NAMES);
}
