/** The locality-based schedulers with more destinations than they remember, against their plain rules. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LibraryService } from '../support/library-service.js';
import { ReferenceService } from '../support/reference/service.js';
import type { Subject } from '../support/subject.js';
import type { Choice } from '../replay/scheduler-trace-steps.js';

const SERVERS = 5;

/** A destination by number; numbers that follow each other lie in different buckets. */
function destination(number: number): string {
  return `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
}

/** Asks for so many destinations in a row, beginning anywhere, then waits, then loads a server. */
const phases = fc.array(
  fc.record({
    first: fc.nat(30_000),
    count: fc.constantFrom(100, 5000, 9000, 17_000),
    waitMs: fc.constantFrom(1, 60_000, 180_000, 359_999, 360_000, 420_000, 1_800_000),
    loaded: fc.nat(SERVERS - 1),
  }),
  { minLength: 3, maxLength: 7 },
);

test.each(['lblc', 'lblcr'])(
  '%s forgets and remembers as its rule says when it is full',
  (name) => {
    const property = fc.property(phases, (all) => {
      const subjects: Subject[] = [new ReferenceService(name), new LibraryService(name)];
      for (const subject of subjects) {
        for (let id = 0; id < SERVERS; id++) {
          subject.add(id, { addr: `192.0.2.${id}`, port: 80, weight: 1000 + id, u: 0, l: 0 });
        }
      }
      for (const { first, count, waitMs, loaded } of all) {
        const [expected, got] = subjects.map((subject) => {
          const choices: Choice[] = [];
          for (let number = first; number < first + count; number++) {
            choices.push(subject.pick(['192.0.2.99', 0, destination(number), 80]));
          }
          subject.advance(waitMs);
          subject.connections(loaded, 7, 0);
          return choices.join('');
        });
        expect(got === expected).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 1 });
  },
);
