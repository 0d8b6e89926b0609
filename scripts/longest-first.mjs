/**
 * The order in which test files begin: the longest first, so that no worker is left with one of them at the end.
 *
 * The names of those that take seconds are listed; the order of all others is that of vitest.
 */
import { BaseSequencer } from 'vitest/node';

/** Files that take seconds, the longest first. */
const LONG = [
  'replay/recordings',
  'docs/examples',
  'package/public-types',
  'cli/translate-mutated',
  'cli/simulate',
  'playground/race',
  'schedulers/differential',
  'schedulers/golden',
  'schedulers/reference',
  'replay/director',
  'connections/deferred-work',
  'cli/process',
].map((name) => `/test/${name}.test.ts`);

/** Sorts the files of each project. */
export class LongestFirst extends BaseSequencer {
  /**
   * @override
   * @param {import('vitest/node').TestSpecification[]} files - The files of all projects.
   */
  async sort(files) {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) =>
      sorted
        .filter((file) => file.project === project)
        .toSorted((one, other) => rankOf(one.moduleId) - rankOf(other.moduleId)),
    );
  }
}

/** @param {string} path - The path of a test file. */
function rankOf(path) {
  const rank = LONG.findIndex((each) => path.endsWith(each));
  return rank < 0 ? LONG.length : rank;
}
