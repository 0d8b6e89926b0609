/**
 * The portions of the mutation tests, one source file each, and what their reports say.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../', import.meta.url));

/**
 * The source files of a folder.
 *
 * @param {string} folder - A folder of `src`.
 * @returns {string[]} Their paths in the project.
 */
export function sourcesOf(folder) {
  return readdirSync(`${root}src/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/(?:^|\/)index\.ts$/u.test(path))
    .map((path) => `src/${folder}/${path}`)
    .toSorted();
}

/**
 * Where the report of a portion is.
 *
 * @param {string} source - The path of its source.
 * @returns {string} The report's path in the project.
 */
export function reportOf(source) {
  return source.replace(/^src/u, 'mutation/reports').replace(/ts$/u, 'json');
}

/** The results of portions that were run, here or on another machine, by source: part of the history. */
const SCORES = `${root}mutation/scores.json`;

/**
 * The result of a portion that was run for the source as it is now.
 *
 * @param {string} source - The path of its source.
 * @returns {{ found: number, all: number } | undefined} How many of its mutants failed a test; `undefined` when it has
 *   to be run.
 */
export function resultOf(source) {
  const reported = reportedResultOf(source);
  if (reported !== undefined) return reported;
  const { digest, found = 0, all = 0 } = readScores()[source] ?? {};
  return digest === digestOf(source) ? { found, all } : undefined;
}

/**
 * Keeps the result of a portion that was just run.
 *
 * @param {string} source - The path of its source.
 * @param {string[]} tests - The tests that it was run against; empty for all of its folder.
 */
export function keepResult(source, tests) {
  const scores = readScores();
  const only = tests.length === 0 ? {} : { tests: tests.join(' ') };
  scores[source] = { digest: digestOf(source), ...reportedResultOf(source), ...only };
  writeScores(scores);
}

/**
 * What is kept of a source: the result of its portion, the sample of its mutants, or both.
 *
 * @typedef {{ digest?: string, found?: number, all?: number, tests?: string, sample?: import('./samples.mjs').Sample }} Score
 */

/** @returns {Record<string, Score>} What was kept, by source. */
export function readScores() {
  return existsSync(SCORES) ? JSON.parse(readFileSync(SCORES, 'utf8')) : {};
}

/** @param {Record<string, Score>} scores - What to keep, by source; sources that are gone are left out. */
export function writeScores(scores) {
  const sorted = Object.keys(scores)
    .toSorted()
    .filter((path) => existsSync(root + path))
    .map((path) => [path, scores[path]]);
  writeFileSync(SCORES, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/**
 * What changes when a source does.
 *
 * @param {string} source - The path of the source.
 * @returns {string} Sixteen hexadecimal digits.
 */
export function digestOf(source) {
  return createHash('sha256')
    .update(readFileSync(root + source))
    .digest('hex')
    .slice(0, 16);
}

/**
 * The result in the report of a portion, if there is one of the source as it is now.
 *
 * @param {string} source - The path of the source.
 */
function reportedResultOf(source) {
  if (!existsSync(root + reportOf(source))) return undefined;
  const report = JSON.parse(readFileSync(root + reportOf(source), 'utf8'));
  const file = report.files[source];
  // A file of types has no mutants, and so no report of itself.
  if (file === undefined) return { found: 0, all: 0 };
  if (file.source !== readFileSync(root + source, 'utf8')) return undefined;
  const count = (/** @type {string[]} */ ...statuses) =>
    file.mutants.filter((/** @type {{ status: string }} */ { status }) => statuses.includes(status))
      .length;
  const found = count('Killed', 'Timeout');
  return { found, all: found + count('Survived', 'NoCoverage') };
}

/**
 * A score as text.
 *
 * @param {{ found: number, all: number }} result - Of a portion or several.
 * @returns {string} For example `91.3 % (42 of 46)`.
 */
export function describe({ found, all }) {
  return all === 0 ? 'no mutants' : `${((100 * found) / all).toFixed(1)} % (${found} of ${all})`;
}
