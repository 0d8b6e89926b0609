/**
 * Tries a sample of the mutants of a folder, in portions that can be interrupted.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mutantsOf, nameOf } from './mutants.mjs';
import { digestOf, resultOf, root, sourcesOf } from './portions.mjs';
import { keepFound, keepTried, pendingOf, sampleOf } from './samples.mjs';

/**
 * How portions are run.
 *
 * @typedef {object} Portions
 * @property {number} size - How many mutants are tried after one run of all tests, and lost by an interruption.
 * @property {(folder: string, report: string, chosen: string) => void} run - Has Stryker try the mutants that a file
 *   lists.
 */

/**
 * Tries the mutants of a sample that were not tried yet.
 *
 * @param {string} folder - A folder of `src`.
 * @param {number} count - How many mutants the sample shall have.
 * @param {number} seed - Another one draws another sample.
 * @param {Portions} portions - How they are run.
 */
export async function runSample(folder, count, seed, { size, run }) {
  const sources = sourcesOf(folder).filter((source) => resultOf(source) === undefined);
  const lists = await Promise.all(sources.map((source) => mutantsOf(source, seed)));
  const drawnFrom = new Map(
    sources.map((source, index) => [source, { of: lists[index].length, digest: digestOf(source) }]),
  );
  const upTo = (source) => {
    const sample = sampleOf(source);
    return sample?.seed === seed ? sample.upTo : '';
  };
  const pending = pendingOf(lists.flat(), count, upTo);
  for (let start = 0; start < pending.length; start += size) {
    const portion = pending.slice(start, start + size);
    console.log(
      `${folder}: mutants ${start + 1} to ${start + portion.length} of ${pending.length}`,
    );
    keepTried(seed, drawnFrom, tryOut(folder, portion, run), portion.at(-1).rank);
  }
}

/**
 * Tries the survivors of a sample again.
 *
 * @param {string} folder - A folder of `src`.
 * @param {Portions} portions - How they are run.
 */
export async function runSurvivors(folder, { run }) {
  const sources = sourcesOf(folder).filter((source) => sampleOf(source)?.survivors.length > 0);
  const lists = await Promise.all(sources.map((source) => mutantsOf(source, 0)));
  const survivors = lists
    .flat()
    .filter(({ source, name }) => sampleOf(source).survivors.includes(name));
  if (survivors.length > 0) keepFound(tryOut(folder, survivors, run));
}

/** Has some mutants tried; by source and name, whether a test failed. */
function tryOut(folder, portion, run) {
  const report = `mutation/reports/${folder}.sample.json`;
  const chosen = `${root}mutation/reports/${folder}.chosen.json`;
  mkdirSync(`${root}mutation/reports`, { recursive: true });
  writeFileSync(chosen, JSON.stringify(portion));
  run(folder, report, chosen);
  const { files } = JSON.parse(readFileSync(root + report, 'utf8'));
  const tried = new Map();
  for (const { source, name } of portion) {
    const mutant = files[source]?.mutants.find((each) => nameOf(each, 1) === name);
    if (mutant === undefined)
      throw new Error(`Cannot find mutant ${name} of ${source} in ${report}`);
    const isFound = { Killed: true, Timeout: true, Survived: false, NoCoverage: false };
    if (!tried.has(source)) tried.set(source, {});
    if (mutant.status in isFound) tried.get(source)[name] = isFound[mutant.status];
  }
  return tried;
}
