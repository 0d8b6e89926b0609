import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { ModelTable } from './support/model-table.js';
import { controlledOperations, operations, Pair } from './support/operations.js';

describe('ConnectionTable against a plain list', () => {
  it('finds, counts and ends the same entries in the same order', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const pair = new Pair(new ConnectionTable({ seed: 7 }), new ModelTable());
        for (const operation of list) {
          pair.apply(operation, (now) => pair.table.advance(now));
          pair.check();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('ends a template with the last of its connections, or lets it outlive them', () => {
    fc.assert(
      fc.property(controlledOperations, fc.constantFrom(0, 10), (list, lateness) => {
        const table = new ConnectionTable({ seed: 7, timerLatenessMs: lateness });
        const pair = new Pair(table, new ModelTable(lateness));
        for (const operation of list) {
          pair.apply(operation, (now) => pair.table.advance(now));
          pair.check();
        }
      }),
      { numRuns: 200 },
    );
  });

  it('does the same when its work is metered, once all of it is done', () => {
    fc.assert(
      fc.property(operations, fc.integer({ min: 1, max: 5 }), (list, budget) => {
        const pair = new Pair(
          new ConnectionTable({ seed: 7, timerLatenessMs: 10 }),
          new ModelTable(10),
        );
        for (const operation of list) {
          pair.apply(operation, (now) => {
            while (!pair.table.advance(now, budget));
          });
        }
        pair.check();
      }),
      { numRuns: 300 },
    );
  });
});
