import { expect, test } from 'vitest';
import { PickCycle } from '../../src/schedulers/pick-cycle.js';
import { Rack } from '../support/rack.js';

const rack = new Rack({ A: 1, B: 1, C: 1 });

/** Notes picks of A, B, C in turn, with numbers that repeat after `period` picks. */
function note(cycle: PickCycle, period: number, picks: number): void {
  for (let pick = 0; pick < picks; pick++) {
    const step = pick % period;
    cycle.note(rack.server('ABC'[step % 3]), step);
  }
}

test('a cycle is known when its first pick comes again, and goes on from there', () => {
  const cycle = new PickCycle();
  note(cycle, 4, 4);
  expect(cycle.isKnown).toBe(false);
  note(cycle, 4, 1);
  expect(cycle.isKnown).toBe(true);
  const seen = [[rack.letter(cycle.server), cycle.number]];
  for (let step = 0; step < 5; step++) {
    const next = cycle.next();
    expect(cycle.server).toBe(next);
    seen.push([rack.letter(next), cycle.number]);
  }
  expect(seen.map(([letter, number]) => `${letter}${number}`)).toEqual(
    'A0 B1 C2 A3 A0 B1'.split(' '),
  );
});

test('the server or the number alone is not the first pick again', () => {
  const cycle = new PickCycle();
  cycle.note(rack.server('A'), 0);
  cycle.note(rack.server('A'), 1);
  cycle.note(rack.server('B'), 0);
  expect(cycle.isKnown).toBe(false);
});

test.each([
  [1024, true],
  [1025, false],
])('a cycle of %d picks becomes known: %o', (period, known) => {
  const cycle = new PickCycle();
  note(cycle, period, 4 * period);
  expect(cycle.isKnown).toBe(known);
});

test('a second cycle becomes known after one that was too long; after two nothing should be noted', () => {
  const cycle = new PickCycle();
  note(cycle, 5000, 1025);
  note(cycle, 3, 4);
  expect(cycle.isKnown).toBe(true);
  const other = new PickCycle();
  note(other, 5000, 2 * 1025 - 1);
  expect(other.note(rack.server('A'), 1)).toBe(false);
});

test('as long as a cycle may become known it is to be noted', () => {
  const cycle = new PickCycle();
  const answers = Array.from({ length: 2 * 1025 }, (_, step) => cycle.note(rack.server('A'), step));
  expect(answers.indexOf(false)).toBe(2 * 1025 - 1);
});

test('after a change everything is open again', () => {
  const cycle = new PickCycle();
  note(cycle, 5000, 2 * 1025);
  cycle.clear();
  note(cycle, 3, 4);
  expect(cycle.isKnown).toBe(true);
  cycle.clear();
  expect(cycle.isKnown).toBe(false);
  note(cycle, 2, 2);
  expect(cycle.isKnown).toBe(false);
  note(cycle, 2, 1);
  expect(cycle.isKnown).toBe(true);
  expect([rack.letter(cycle.next()), rack.letter(cycle.next())]).toEqual(['B', 'A']);
});
