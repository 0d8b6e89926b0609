/** The library against the plain statement of each rule, over generated runs. */
import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { FEW } from '../../src/schedulers/few-servers.js';
import { runs } from '../support/arbitraries/runs.js';
import { Comparison } from '../support/differential.js';
import { LibraryService } from '../support/library-service.js';
import type { TraceSettings } from '../replay/scheduler-trace-steps.js';
import { ReferenceService } from '../support/reference/service.js';
import { byTitle, variants, weightsFor } from '../support/schedulers.js';

/** What lists are compared, and how often. */
interface Size {
  readonly servers: readonly [least: number, most: number];
  readonly operations: number;
  readonly numRuns: number;
  /** How many servers of weight 0 there are besides. */
  readonly quiesced?: number;
}

/** So many quiesced servers that the list is indexed, while a few decide: so rare cases come up often. */
const INDEXED: Omit<Size, 'numRuns'> = { servers: [1, 6], operations: 80, quiesced: FEW + 2 };

/** Lists of few servers, of about as many as get and lose an index, of so many that indices begin to pay, and long enough to be renumbered. */
const sizes: [string, Size][] = [
  ['for a few servers', { servers: [0, 6], operations: 60, numRuns: 100 }],
  ['for a few servers in a list that is indexed', { ...INDEXED, numRuns: 60 }],
  ['for servers that come and go', { servers: [4, 16], operations: 60, numRuns: 40 }],
  ['for dozens of servers', { servers: [15, 40], operations: 40, numRuns: 25 }],
  ['for scores of servers', { servers: [55, 75], operations: 40, numRuns: 15 }],
  ['for hundreds of servers', { servers: [100, 400], operations: 40, numRuns: 6 }],
];

function quiescedServers(count: number): TraceSettings[] {
  return Array.from({ length: count }, () => ({ weight: 0, u: 0, l: 0 }));
}

describe.each(byTitle(variants))('%s decides as its rule says', (_, { scheduler, options }) => {
  test.each<[string, Size]>(sizes)('%s', (_, { servers, operations, numRuns, quiesced = 0 }) => {
    const weights = weightsFor(scheduler, servers[1]);
    const property = fc.property(runs({ servers, weights, operations }), (some) => {
      const run = { ...some, servers: [...some.servers, ...quiescedServers(quiesced)] };
      const reference = new ReferenceService(scheduler, options);
      new Comparison(run, reference, new LibraryService(scheduler, options)).play();
    });
    fc.assert(property, { numRuns });
  });
});

/** Options that shorten the memory of the locality-based ones, so that runs see its end. */
const forgetful = ['lblc', 'lblcr'].flatMap((scheduler) =>
  [0, 300_000, 3_600_000].map((expirationMs) => ({ scheduler, expirationMs })),
);

test.each(forgetful)(
  '$scheduler that remembers for $expirationMs ms decides as its rule says',
  ({ scheduler, expirationMs }) => {
    const limits = { servers: [0, 6], weights: weightsFor(scheduler, 6), operations: 80 } as const;
    const property = fc.property(runs(limits), (run) => {
      const reference = new ReferenceService(scheduler, { expirationMs });
      new Comparison(run, reference, new LibraryService(scheduler, { expirationMs })).play();
    });
    fc.assert(property, { numRuns: 60 });
  },
);
