/** What interrupts a scheduler's life: being written out and read back, replaced, given other flags. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFlow } from '../../src/model/flow.js';
import { ServerList } from '../../src/model/server-list.js';
import { maglevHashing, sourceHashing } from '../../src/schedulers/index.js';
import { runs, type RunLimits } from '../support/arbitraries/runs.js';
import { Comparison } from '../support/differential.js';
import { LibraryService } from '../support/library-service.js';
import { ReferenceService } from '../support/reference/service.js';
import { byTitle, variants, weightsFor } from '../support/schedulers.js';

function limitsFor(...schedulers: string[]): RunLimits {
  const weights = schedulers
    .map((scheduler) => weightsFor(scheduler, 8))
    .reduce((common, each) => common.filter((profile) => each.includes(profile)));
  return { servers: [0, 8], weights, operations: 50 };
}

describe.each(byTitle(variants))('%s', (_, { scheduler, options }) => {
  test('that was written out and read back goes on exactly', () => {
    const property = fc.property(runs(limitsFor(scheduler)), fc.nat(40), (run, when) => {
      const reference = new ReferenceService(scheduler, options);
      const library = new LibraryService(scheduler, options);
      const comparison = new Comparison(run, reference, library);
      for (const [index, operation] of run.operations.entries()) {
        if (index % 10 === when % 10) library.reload();
        comparison.perform(operation);
      }
    });
    fc.assert(property, { numRuns: 16 });
  });

  test('that replaces another one over a living list starts afresh on what it finds', () => {
    const others = variants.filter((other) => other.scheduler !== scheduler);
    const property = fc.property(
      fc.constantFrom(...others).chain((other) =>
        fc.record({
          other: fc.constant(other),
          run: runs(limitsFor(scheduler, other.scheduler)),
        }),
      ),
      fc.nat(30),
      ({ other, run }, when) => {
        const reference = new ReferenceService(other.scheduler, other.options);
        const library = new LibraryService(other.scheduler, other.options);
        const comparison = new Comparison(run, reference, library);
        for (const [index, operation] of run.operations.entries()) {
          if (index === when) {
            reference.change(scheduler, options);
            library.change(scheduler, options);
          }
          comparison.perform(operation);
        }
      },
    );
    fc.assert(property, { numRuns: 12 });
  });
});

test.each(byTitle(variants))('%s follows a list that is read back under it', (_, variant) => {
  const { scheduler, options } = variant;
  const property = fc.property(runs(limitsFor(scheduler)), (run) => {
    const reference = new ReferenceService(scheduler, options);
    const library = new LibraryService(scheduler, options);
    const comparison = new Comparison(run, reference, library);
    for (const [index, operation] of run.operations.entries()) {
      if (index === 20) library.reloadUnderScheduler();
      comparison.perform(operation);
    }
  });
  fc.assert(property, { numRuns: 8 });
});

describe.each([
  ['sh', sourceHashing],
  ['mh', maglevHashing],
])('%s takes other flags from the next pick on:', (_, factory) => {
  /** A server without connections left, and one that may take its clients. */
  const servers = new ServerList(
    [1, 2].map((number) => ({ address: `10.0.0.${number}`, port: 80 })),
  );
  const flows = Array.from({ length: 40 }, (_, number) =>
    createFlow({ source: '192.0.2.1', sourcePort: 1000 + number, destination: '198.51.100.1' }),
  );
  const picks = (scheduler: ReturnType<ReturnType<typeof factory>>): Set<string> =>
    new Set(flows.map((flow) => String(scheduler.schedule(flow))));

  test('port', () => {
    const scheduler = factory()(servers);
    expect(picks(scheduler).size).toBe(1);
    scheduler.setFlags?.({ port: true });
    expect(picks(scheduler).size).toBe(2);
    scheduler.setFlags?.({});
    expect(picks(scheduler).size).toBe(1);
  });

  test('fallback', () => {
    const scheduler = factory({ port: true })(servers);
    servers.edit({ address: '10.0.0.1', port: 80 }, { weight: 0 });
    expect(picks(scheduler)).toEqual(new Set(['10.0.0.2:80', 'undefined']));
    scheduler.setFlags?.({ port: true, fallback: true });
    expect(picks(scheduler)).toEqual(new Set(['10.0.0.2:80']));
    scheduler.setFlags?.({ port: true });
    expect(picks(scheduler)).toEqual(new Set(['10.0.0.2:80', 'undefined']));
    servers.edit({ address: '10.0.0.1', port: 80 }, { weight: 1 });
  });
});
