import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tournament } from '../../src/schedulers/tournament.js';

/** Few different keys, so that there are ties; positions that make the tree grow. */
const writes = fc.array(
  fc.tuple(
    fc.oneof({ weight: 9, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.nat(70) }),
    fc.constantFrom(-1, 0, 1, 1, 2, 2, 3, Infinity),
    fc.boolean(),
  ),
  { maxLength: 60 },
);

/** The position with the least key; of equal keys the one that is less exactly, or the greater one. */
function winnerOf(keys: readonly number[], exact: readonly number[] = keys): number {
  let best = -1;
  for (const [position, key] of keys.entries()) {
    if (key === Infinity) continue;
    if (best < 0 || key < keys[best] || (key === keys[best] && exact[position] <= exact[best]))
      best = position;
  }
  return best;
}

test('a tournament knows the least key, and of equal ones the greatest position', () => {
  const property = fc.property(writes, (all) => {
    const tournament = new Tournament();
    const keys = Array<number>(71).fill(Infinity);
    for (const [position, key, ask] of all) {
      tournament.set(position, key);
      keys[position] = key;
      if (ask) expect(tournament.winner()).toBe(winnerOf(keys));
    }
    expect(tournament.winner()).toBe(winnerOf(keys));
  });
  fc.assert(property, { numRuns: 1000 });
});

test('a tournament asks for exact differences where keys are equal', () => {
  const property = fc.property(writes, fc.infiniteStream(fc.nat(2)), (all, exactly) => {
    const keys = Array<number>(71).fill(Infinity);
    const exact = Array<number>(71).fill(0);
    const tournament = new Tournament();
    tournament.ties = { isLess: (a, b) => exact[a] < exact[b] };
    for (const [position, key, ask] of all) {
      tournament.set(position, key);
      keys[position] = key;
      exact[position] = exactly.next().value as number;
      if (ask) expect(tournament.winner()).toBe(winnerOf(keys, exact));
    }
    expect(tournament.winner()).toBe(winnerOf(keys, exact));
  });
  fc.assert(property, { numRuns: 1000 });
});

test('a tournament that was cleared has no winner', () => {
  const property = fc.property(writes, writes, (before, after) => {
    const tournament = new Tournament();
    for (const [position, key] of before) tournament.set(position, key);
    tournament.clear();
    expect(tournament.winner()).toBe(-1);
    const keys = Array<number>(71).fill(Infinity);
    for (const [position, key] of after) {
      tournament.set(position, key);
      keys[position] = key;
      expect(tournament.winner()).toBe(winnerOf(keys));
    }
  });
  fc.assert(property);
});
