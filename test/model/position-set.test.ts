import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PositionSet } from '../../src/model/position-set.js';

/** Positions that meet the bounds of words and levels: 32, 1024, 32768. */
const positions = fc.oneof(
  { weight: 4, arbitrary: fc.nat(70) },
  { weight: 1, arbitrary: fc.nat(40_000) },
  { weight: 2, arbitrary: fc.constantFrom(31, 32, 63, 64, 1023, 1024, 1055, 32_767, 32_768) },
);

const operations = fc.array(
  fc.tuple(fc.constantFrom('add', 'add', 'add', 'delete', 'clear', 'below', 'above'), positions),
  { maxLength: 60 },
);

test('a position set finds neighbours as a plain set does', () => {
  const property = fc.property(operations, (all) => {
    const set = new PositionSet();
    const plain = new Set<number>();
    for (const [name, position] of all) {
      if (name === 'add' || name === 'delete') {
        set[name](position);
        plain[name](position);
      } else if (name === 'clear' && position < 8) {
        set.clear();
        plain.clear();
      }
      const bound = position;
      expect(set.below(bound)).toBe(Math.max(-1, ...[...plain].filter((each) => each < bound)));
      const above = Math.min(Infinity, ...[...plain].filter((each) => each > bound));
      expect(set.above(bound)).toBe(above === Infinity ? -1 : above);
    }
  });
  fc.assert(property, { numRuns: 300 });
});

test('a position set has nothing below 0 and nothing above its greatest member', () => {
  const set = new PositionSet();
  expect([set.below(0), set.below(-5), set.above(-1), set.above(1e6)]).toEqual([-1, -1, -1, -1]);
  set.add(0);
  set.add(5000);
  expect([set.below(0), set.below(1e6), set.above(-1), set.above(5000)]).toEqual([-1, 5000, 0, -1]);
});

test('a position set passes over words that have become empty', () => {
  const set = new PositionSet();
  const members = [3, 40, 80, 2000, 40_000];
  for (const member of members) set.add(member);
  for (const gone of [40, 2000]) set.delete(gone);
  expect([set.above(3), set.above(80), set.below(40_000), set.below(80)]).toEqual([
    80, 40_000, 80, 3,
  ]);
});

test('a position set that was cleared is empty', () => {
  const set = new PositionSet();
  for (const member of [3, 40, 80, 2000]) set.add(member);
  set.clear();
  expect([set.above(-1), set.below(5000)]).toEqual([-1, -1]);
  set.add(40);
  expect([set.above(-1), set.below(5000)]).toEqual([40, 40]);
});

test('a position set lets go of what was never in it', () => {
  const set = new PositionSet();
  set.add(3);
  set.delete(100_000);
  set.delete(4);
  expect(set.below(10)).toBe(3);
});

test('a position set keeps its members when it grows', () => {
  const set = new PositionSet();
  const members = [0, 31, 32, 1000, 1023, 1024, 40_000, 2_000_000];
  for (const member of members) set.add(member);
  const found: number[] = [];
  for (let each = set.above(-1); each >= 0; each = set.above(each)) found.push(each);
  expect(found).toEqual(members);
});
