import * as fc from 'fast-check';
import { expect, test } from 'vitest';

/** How many cases a property runs that asks for so many. */
function casesOf(numRuns: number): number {
  let count = 0;
  const property = fc.property(fc.nat(), () => {
    count += 1;
  });
  fc.assert(property, { numRuns });
  return count;
}

test('a property runs an eighth of its cases, and all of them in `npm run long`', () => {
  const few = [1000, 100, 20, 5].map(casesOf);
  expect(few).toEqual(process.env['MODE'] === 'long' ? [1000, 100, 20, 5] : [125, 15, 15, 5]);
});
