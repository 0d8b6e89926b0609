import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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

  it('draws its hash from the random source, unless it has a seed', () => {
    let drawn = 0;
    const random = (): number => ++drawn / 0x1_0000;
    expect(new ConnectionTable({ seed: 1, random }).size + drawn).toBe(0);
    expect(new ConnectionTable({ random }).size).toBe(0);
    expect(drawn).toBeGreaterThan(0);
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

describe('the options of a connection table', () => {
  it.each([
    [{ limit: 0 }, 'connection limit: expected an integer 1–67108863, got 0'],
    [{ limit: 2 ** 26 }, 'connection limit: expected an integer 1–67108863, got 67108864'],
    [{ timerLatenessMs: -1 }, 'timer lateness: expected an integer 0–1000, got -1'],
    [{ timerLatenessMs: 1001 }, 'timer lateness: expected an integer 0–1000, got 1001'],
    [{ overflow: 'evict' }, 'overflow policy'],
    [{ size: 1 }, 'create a connection table'],
  ])('are refused with their name and range: %j', (options, message) => {
    expect(() => new ConnectionTable(options as object)).toThrow(message);
  });

  it('are taken at the ends of their ranges', () => {
    for (const options of [{ limit: 1 }, { limit: 2 ** 26 - 1 }, { timerLatenessMs: 1000 }]) {
      expect(new ConnectionTable(options).size).toBe(0);
    }
  });
});
