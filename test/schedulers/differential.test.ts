/** The library against the plain statement of each rule, over generated runs. */
import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { runs } from '../support/arbitraries/runs.js';
import { Comparison } from '../support/differential.js';
import { LibraryService } from '../support/library-service.js';
import { ReferenceService } from '../support/reference/service.js';
import { variants, weightsFor } from '../support/schedulers.js';

/** Lists scanned flat, lists around the size where trees begin, and lists deep enough to be renumbered. */
const sizes = [
  { what: 'a few servers', servers: [0, 6], operations: 60, numRuns: 80 },
  { what: 'dozens of servers', servers: [15, 40], operations: 40, numRuns: 15 },
  { what: 'hundreds of servers', servers: [100, 400], operations: 40, numRuns: 4 },
] as const;

describe.each(variants)('$title decides as its rule says', ({ scheduler, options }) => {
  test.each(sizes)('for $what', ({ servers, operations, numRuns }) => {
    const weights = weightsFor(scheduler, servers[1]);
    fc.assert(
      fc.property(runs({ servers, weights, operations }), (run) => {
        new Comparison(
          run,
          new ReferenceService(scheduler, options),
          new LibraryService(scheduler, options),
        ).play();
      }),
      { numRuns },
    );
  });
});
