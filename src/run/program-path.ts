/**
 * Finds the programs of the package that run in processes of their own.
 */
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunError } from './run-error.js';

/** The programs. */
export type ProgramName = 'engine' | 'supervisor' | 'lab-server';

/**
 * Finds a program.
 *
 * @param name - Its name.
 * @returns Its path.
 * @throws {RunError} When the command was copied out of its package.
 */
export function programPath(name: ProgramName): string {
  const extension = extname(import.meta.url);
  const file = `${name}-process${extension}`;
  const found = [`run/${file}`, `../run/${file}`, file, `../${file}`]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (found === undefined) {
    throw new RunError(`run/${file} is missing: the command has to stay in its package`);
  }
  return found;
}
