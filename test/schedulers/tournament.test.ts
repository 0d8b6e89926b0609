import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tournament } from '../../src/schedulers/tournament.js';

/** Few different keys, so that there are ties; positions that make the tree grow. Many writes: a fault needs some. */
const writes = fc.array(
  fc.tuple(
    fc.oneof({ weight: 19, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.nat(70) }),
    fc.constantFrom(-1, 0, 0, 1, 1, Infinity),
    fc.boolean(),
  ),
  { maxLength: 60, size: 'max' },
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
    expect(keys.map((_, position) => tournament.keyOf(position))).toEqual(keys);
  });
  fc.assert(property, { numRuns: 400 });
});

test('a tournament knows no key of a position beyond the greatest one that was written', () => {
  const tournament = new Tournament();
  expect(tournament.keyOf(1)).toBe(Infinity);
  tournament.set(3, 7);
  expect([3, 4, 1000].map((position) => tournament.keyOf(position))).toEqual([
    7,
    Infinity,
    Infinity,
  ]);
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
  fc.assert(property, { numRuns: 800 });
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

/** A tournament of so many equal keys, and how many exact comparisons it has made. */
function counted(positions: number): { tournament: Tournament; comparisons: () => number } {
  const tournament = new Tournament();
  let count = 0;
  tournament.ties = {
    isLess() {
      count += 1;
      return false;
    },
  };
  for (let position = 0; position < positions; position++) tournament.set(position, 0);
  // The last one plays, and a position that loses waits.
  tournament.set(0, 0);
  return {
    tournament,
    comparisons() {
      const since = count;
      count = 0;
      return since;
    },
  };
}

test('a winner is found by one match as long as the champion did not get worse', () => {
  const { tournament, comparisons } = counted(64);
  comparisons();
  tournament.set(5, 0);
  expect(tournament.winner()).toBe(63);
  expect(tournament.winner()).toBe(63);
  // Two exact comparisons a match: less than the other, and not more.
  expect(comparisons()).toBeLessThanOrEqual(4);
});

test('a position that loses its first match, as before, plays no further one', () => {
  const { tournament, comparisons } = counted(64);
  tournament.set(4, 0);
  comparisons();
  // The other position makes the first one play.
  tournament.set(60, 0);
  expect(comparisons()).toBeLessThanOrEqual(2);
});

test('a position that is written over and over plays once', () => {
  const { tournament, comparisons } = counted(64);
  comparisons();
  for (let key = 0; key < 10; key++) tournament.set(63, key % 2);
  // The one that waited before has played its first match.
  expect(comparisons()).toBeLessThanOrEqual(2);
});
