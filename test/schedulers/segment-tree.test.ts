import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { greatestCommonDivisor } from '../../src/schedulers/greatest-common-divisor.js';
import { SegmentTree } from '../../src/schedulers/segment-tree.js';

const sum = (a: number, b: number): number => a + b;

/** Values by position, written one after the other; later ones replace earlier ones. */
const writes = fc.array(fc.tuple(fc.nat(40), fc.nat(12)), { maxLength: 60 });

/** A tree and a plain array with the same values. */
function written(combine: typeof sum, all: readonly (readonly [number, number])[]) {
  const plain = Array<number>(41).fill(0);
  const tree = new SegmentTree(combine, (position) => plain[position]);
  for (const [position, value] of all) {
    plain[position] = value;
    tree.set(position, value);
  }
  return { tree, plain };
}

test.each([
  ['sum', sum],
  ['greatest value', Math.max],
  ['greatest common divisor', greatestCommonDivisor],
])('a segment tree knows the %s of all values after each write', (_, combine) => {
  const property = fc.property(writes, (all) => {
    for (let count = 0; count <= all.length; count++) {
      const { tree, plain } = written(combine, all.slice(0, count));
      expect(tree.root).toBe(plain.reduce((a, b) => combine(a, b)));
    }
  });
  fc.assert(property, { numRuns: 30 });
});

test('a segment tree of maxima finds the greatest position below a bound that reaches a level', () => {
  const property = fc.property(
    writes,
    fc.nat(80),
    fc.integer({ min: 1, max: 13 }),
    (all, bound, level) => {
      const { tree, plain } = written(Math.max, all);
      const expected = plain.findLastIndex((value, at) => at < bound && value >= level);
      expect(tree.lastReaching(bound, level)).toBe(expected);
    },
  );
  fc.assert(property, { numRuns: 1000 });
});

test('a segment tree that was cleared is empty', () => {
  const { tree, plain } = written(Math.max, [
    [0, 3],
    [40, 5],
  ]);
  plain.fill(0);
  tree.clear();
  expect([tree.root, tree.lastReaching(41, 1)]).toEqual([0, -1]);
  plain[3] = 1;
  tree.set(3, 1);
  expect([tree.root, tree.lastReaching(41, 1)]).toEqual([1, 3]);
});

test('the greatest common divisor divides both, and 0 gives the other', () => {
  const property = fc.property(fc.nat(1000), fc.nat(1000), (a, b) => {
    const divisor = greatestCommonDivisor(a, b);
    let expected = Math.max(a, b);
    if (a > 0 && b > 0) {
      expected = Math.min(a, b);
      while (a % expected !== 0 || b % expected !== 0) expected--;
    }
    expect(divisor).toBe(expected);
  });
  fc.assert(property);
});
