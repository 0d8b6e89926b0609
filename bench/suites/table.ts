/**
 * The suite *table* with the packages that people would keep connections in.
 */
import { lifeOf, prepareTable, tableJobs, tableSuite } from '../published/table-suite.js';
import { NESTED_MAP } from '../published/table-suite.js';
import type { Suite } from '../harness/suite.js';
import { CACHES } from '../rivals/caches.js';
import { isInstalled } from '../rivals/packages.js';

/** Caches of objects get no more connections than this. */
const LARGEST_CACHE = 1_000_000;

/** The suite. */
export const suite: Suite = {
  ...tableSuite,
  jobs: (scope) =>
    tableJobs(scope, (n, job) => {
      if (n > LARGEST_CACHE) return [];
      const caches = CACHES.filter(
        (each) => isInstalled(each.package) && (job !== 'expire' || each.expires),
      );
      return [NESTED_MAP, ...caches.map(({ impl }) => impl)];
    }),
  prepare: (job, impl) => {
    const cache = CACHES.find((each) => each.impl === impl);
    return cache === undefined
      ? prepareTable(job, impl)
      : lifeOf(job, impl, () => cache.create(job.n));
  },
};
