/**
 * Samples of the mutants of a folder: which are tried next, what is kept of those that were, and what they say of all.
 *
 * Every mutant has a random rank. A sample is the mutants of the lowest ranks, so a larger one contains a smaller one,
 * and those of a source that changed are void without the others.
 */
import { digestOf, readScores, resultOf, writeScores } from './portions.mjs';

/**
 * A mutant that may be tried.
 *
 * @typedef {object} Candidate
 * @property {string} source - The path of its source in the project.
 * @property {string} name - Where it is and what it does; see `nameOf` in mutants.mjs.
 * @property {string} rank - Twelve hexadecimal digits.
 * @property {string} range - Its source and place, as Stryker's option `mutate` takes it.
 */

/**
 * What is kept of the sample in a source.
 *
 * @typedef {object} Sample
 * @property {string} digest - Of the source.
 * @property {number} seed - Of the ranks.
 * @property {number} of - How many mutants the source has.
 * @property {string} upTo - All of its mutants up to this rank were tried.
 * @property {number} all - How many these are.
 * @property {string[]} survivors - The names of those that failed no test.
 */

/**
 * The sample of a source as it is now.
 *
 * @param {string} source - The path of the source.
 * @returns {Sample | undefined} `undefined` when there is none.
 */
export function sampleOf(source) {
  const sample = readScores()[source]?.sample;
  return sample?.digest === digestOf(source) ? sample : undefined;
}

/**
 * The mutants of a sample that were not tried yet.
 *
 * @param {Candidate[]} candidates - The mutants of all sources that have no score of their own.
 * @param {number} count - How many mutants the sample shall have; a larger one that was begun is completed.
 * @param {(source: string) => string} upTo - The rank up to which a source's mutants were tried; empty for none.
 * @returns {Candidate[]} Those to try, the lowest ranks first.
 */
export function pendingOf(candidates, count, upTo) {
  const ordered = candidates.toSorted((a, b) => (a.rank < b.rank ? -1 : 1));
  const begun = [...new Set(ordered.map(({ source }) => source))].map(upTo);
  const isDrawn = (/** @type {string} */ rank) => begun.some((last) => rank <= last);
  return ordered.filter(
    ({ source, rank }, index) => (index < count || isDrawn(rank)) && rank > upTo(source),
  );
}

/**
 * Keeps what became of some mutants.
 *
 * @param {number} seed - Of the sample.
 * @param {Map<string, { of: number, digest: string }>} drawnFrom - All sources that the sample is drawn from, as they were
 *   then, with the number of their mutants.
 * @param {Map<string, Record<string, boolean>>} tried - By source and name, whether a test failed.
 * @param {string} rank - The highest rank among them; all below were tried.
 */
export function keepTried(seed, drawnFrom, tried, rank) {
  const scores = readScores();
  for (const [source, { of, digest }] of drawnFrom) {
    const before = validAs(scores[source]?.sample, digest, seed) ?? {
      upTo: '',
      all: 0,
      survivors: [],
    };
    const found = tried.get(source) ?? {};
    scores[source] = {
      ...scores[source],
      sample: {
        digest,
        seed,
        of,
        upTo: rank > before.upTo ? rank : before.upTo,
        all: before.all + Object.keys(found).length,
        survivors: [...before.survivors, ...Object.keys(found).filter((name) => !found[name])],
      },
    };
  }
  writeScores(scores);
}

/**
 * Takes survivors that a test finds by now off the list.
 *
 * @param {Map<string, Record<string, boolean>>} tried - By source and name, whether a test failed.
 */
export function keepFound(tried) {
  const scores = readScores();
  for (const [source, found] of tried) {
    const sample = scores[source]?.sample;
    if (sample === undefined) continue;
    sample.survivors = sample.survivors.filter((name) => !found[name]);
  }
  writeScores(scores);
}

/**
 * A sample, unless it is of another seed or of an older source.
 *
 * @param {Sample | undefined} sample - What was kept.
 * @param {string} digest - Of the source.
 * @param {number} seed - Of the sample that is wanted.
 */
function validAs(sample, digest, seed) {
  return sample?.digest === digest && sample.seed === seed ? sample : undefined;
}

/**
 * What the scores and the samples of some sources say of all their mutants.
 *
 * @param {string[]} sources - Their paths.
 * @returns {Estimate} Zero tried of the sampled when there is no sample.
 */
export function estimateOf(sources) {
  const whole = sources.map(resultOf).filter((each) => each !== undefined);
  const samples = sources
    .filter((source) => resultOf(source) === undefined)
    .map(sampleOf)
    .filter((each) => each !== undefined);
  return estimate({
    whole: { found: sum(whole.map(({ found }) => found)), all: sum(whole.map(({ all }) => all)) },
    tried: sum(samples.map(({ all }) => all)),
    found: sum(samples.map(({ all, survivors }) => all - survivors.length)),
    of: sum(samples.map(({ of }) => of)),
    files: whole.length + samples.length,
  });
}

/** @param {number[]} terms - Any number of them. */
function sum(terms) {
  return terms.reduce((total, each) => total + each, 0);
}

/**
 * An estimate.
 *
 * @typedef {object} Estimate
 * @property {{ found: number, all: number }} whole - The mutants of sources that were tried wholly.
 * @property {number} found - The mutants of the sample that failed a test.
 * @property {number} tried - The mutants of the sample.
 * @property {number} of - The mutants that it was drawn from.
 * @property {number} files - How many sources it is about.
 * @property {number} [least] - In percent of all; the bounds hold 95 % of the time.
 * @property {number} [likely] - In percent of all.
 * @property {number} [most] - In percent of all.
 */

/**
 * Adds what is likely of all mutants, by Wilson's interval for a share, narrower as the sample nears the whole.
 *
 * @param {Estimate} counts - The counts.
 * @returns {Estimate} With percentages, unless there is no mutant.
 */
export function estimate(counts) {
  const { whole, found, tried, of } = counts;
  if (whole.all + of === 0 || (of > 0 && tried === 0)) return counts;
  const percent = (/** @type {number} */ share) =>
    (100 * (whole.found + share * of)) / (whole.all + of);
  if (tried === of) {
    const all = percent(of === 0 ? 0 : found / of);
    return { ...counts, least: all, likely: all, most: all };
  }
  const size = (tried * (of - 1)) / (of - tried);
  const share = found / tried;
  const spread = 1.96 ** 2 / size;
  const middle = (share + spread / 2) / (1 + spread);
  const half = Math.sqrt(spread * share * (1 - share) + spread ** 2 / 4) / (1 + spread);
  return {
    ...counts,
    least: percent(middle - half),
    likely: percent(share),
    most: percent(middle + half),
  };
}
