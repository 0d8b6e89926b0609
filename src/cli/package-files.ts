/**
 * The files of the installed package that the command reads: its description and the example rules.
 *
 * The package is found upwards from this module, since a build may put it at another depth.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The suffix of rule files. */
const RULES = '.rules';

/**
 * The version of the package.
 *
 * @returns For example `'1.2.3'`; `'unknown'` when the command was copied out of its package.
 */
export function packageVersion(): string {
  const root = packageRoot();
  return root === undefined ? 'unknown' : String(readDescription(root).version);
}

/**
 * The examples that can be named instead of a file.
 *
 * @returns Their names, without suffix, in alphabetical order.
 */
export function exampleNames(): string[] {
  const folder = exampleFolder();
  if (folder === undefined) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(RULES));
  return files.map((file) => file.slice(0, -RULES.length)).toSorted();
}

/**
 * The file of an example.
 *
 * @param name - Its name, without suffix.
 * @returns The path, or `undefined` when there is no such example.
 */
export function examplePath(name: string): string | undefined {
  const folder = exampleFolder();
  if (folder === undefined || !exampleNames().includes(name)) return undefined;
  return join(folder, name + RULES);
}

function exampleFolder(): string | undefined {
  const root = packageRoot();
  const folder = root === undefined ? undefined : join(root, 'examples', 'rules');
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

function packageRoot(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (existsSync(join(folder, 'package.json')) && readDescription(folder).name === 'ipvs') {
      return folder;
    }
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

function readDescription(folder: string): { name?: unknown; version?: unknown } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
}
