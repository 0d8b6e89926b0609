/**
 * Finding a version of the library to measure: a built package, a folder, or a commit.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LibraryEntry } from './suite-bundle.js';

/** Where a folder keeps the entry of the library, best first. */
const ENTRIES = ['dist/index.js', 'index.js', 'src/index.ts', 'index.ts'];

/**
 * Finds the entry of a version of the library.
 *
 * @param version - An entry, the folder of a checkout or of a build, or what git understands as a commit.
 * @returns The path of its `index.js`, or of its `index.ts` when it is not built.
 * @throws {Error} When there is no such version.
 */
export function findLibrary(version: string): LibraryEntry {
  if (!existsSync(version)) return checkOut(version);
  if (statSync(version).isFile()) return version;
  const entry = ENTRIES.map((each) => join(version, each)).find((each) => existsSync(each));
  if (entry === undefined) throw new Error(`${version} has none of ${ENTRIES.join(', ')}`);
  return entry;
}

/**
 * The commit that a change started from.
 *
 * @returns Where this branch left the main one; the last commit, when it is the main one.
 */
export function defaultBase(): string {
  const main = ['origin/main', 'main'].find(
    (ref) => git('rev-parse', '--verify', '-q', ref) !== '',
  );
  const fork = main === undefined ? '' : git('merge-base', 'HEAD', main);
  return fork === '' ? 'HEAD' : fork;
}

/**
 * The release before this version.
 *
 * @returns Its tag; `undefined` when there is none.
 */
export function lastRelease(): string | undefined {
  const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v*', 'HEAD~1');
  return tag === '' ? undefined : tag;
}

/** Writes the sources of a commit into a folder that is not under version control. */
function checkOut(ref: string): LibraryEntry {
  const commit = git('rev-parse', '--verify', '-q', `${ref}^{commit}`);
  if (commit === '') throw new Error(`${ref} is neither a folder nor a commit`);
  const folder = join('reports/bench/library', commit);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    const archive = execFileSync('git', ['archive', commit, 'src'], { maxBuffer: 2 ** 28 });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
  }
  return join(folder, 'src/index.ts');
}

/** The output of git; empty when it fails. */
function git(...words: string[]): string {
  try {
    return execFileSync('git', words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}
