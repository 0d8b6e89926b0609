import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { matchesPattern, withoutPrefix, withoutSuffix } from '../src/glob-pattern.js';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', '/'), maxLength: 8 });
const piece = fc.constantFrom(
  'a',
  'b',
  '-',
  '/',
  '*',
  '?',
  '[ab]',
  '[!a]',
  '[a-b]',
  '[]a]',
  '\\*',
  '\\a',
);
const pattern = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));

/** All beginnings of a text, the shortest first. */
const beginnings = (of: string): string[] =>
  Array.from({ length: of.length + 1 }, (_, length) => of.slice(0, length));
/** All ends of a text, the shortest first. */
const ends = (of: string): string[] =>
  Array.from({ length: of.length + 1 }, (_, length) => of.slice(of.length - length));

/** What a pattern means, said by recursion over its pieces. */
function means(of: string, pieces: readonly string[]): boolean {
  const [first, ...rest] = pieces;
  if (first === undefined) return of === '';
  if (first === '*') return ends(of).some((end) => means(end, rest));
  return of !== '' && one(first, of[0]) && means(of.slice(1), rest);
}

function one(part: string, character: string): boolean {
  if (part === '?') return true;
  if (part === '[!a]') return character !== 'a';
  if (part === '[]a]') return character === 'a' || character === ']';
  return part.startsWith('[') ? 'ab'.includes(character) : part.at(-1) === character;
}

test('a pattern matches what its pieces say', () => {
  const pieces = fc.array(piece, { maxLength: 6 });
  fc.assert(
    fc.property(pieces, text, (parts, of) => {
      expect(matchesPattern(parts.join(''), of)).toBe(means(of, parts));
    }),
    { numRuns: 4000 },
  );
});

test('a prefix or suffix that is taken away is the shortest or longest one that matches', () => {
  fc.assert(
    fc.property(pattern, text, fc.boolean(), (shape, of, isLongest) => {
      const chosen = (all: string[]): number => {
        const matching = all.filter((each) => matchesPattern(shape, each));
        return (isLongest ? matching.at(-1) : matching[0])?.length ?? 0;
      };
      expect(withoutPrefix(shape, of, isLongest)).toBe(of.slice(chosen(beginnings(of))));
      const end = of.length - chosen(ends(of));
      expect(withoutSuffix(shape, of, isLongest)).toBe(of.slice(0, end));
    }),
    { numRuns: 4000 },
  );
});

describe('patterns with many stars', () => {
  const long = 'a'.repeat(1000);

  it('do not try every division of the text', () => {
    expect(matchesPattern(`${'*a'.repeat(200)}b`, long)).toBe(false);
    expect(withoutPrefix(`${'*a'.repeat(200)}b`, long, true)).toBe(long);
    expect(withoutSuffix(`b${'a*'.repeat(200)}`, long, true)).toBe(long);
  });
});
