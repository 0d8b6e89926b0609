import { describe, expect, test } from 'vitest';
import { closure, mergeable, type BuiltFile } from '../../scripts/merge-chunks.mjs';

/** Files by what they import; an exclamation mark stands for what does something when it is loaded. */
function built(files: Readonly<Record<string, string>>): Map<string, BuiltFile> {
  return new Map(
    Object.entries(files).map(([name, text]) => {
      const imports = text.split(' ').filter((word) => /\w/.test(word));
      return [name, { imports, isPure: !text.includes('!') }];
    }),
  );
}

describe('files are put together', () => {
  test.each([
    ['that do nothing when they are loaded', { a: '', b: 'a' }, ['a', 'b']],
    ['but not one that does something', { a: '!', b: '' }, ['b']],
    ['but none that imports such a file', { a: '!', b: 'a', c: 'b', d: '' }, ['d']],
    ['also in a circle', { a: 'b', b: 'a' }, ['a', 'b']],
    ['but not a circle that leads to such a file', { a: 'b', b: 'a c', c: '!', d: '' }, ['d']],
    ['but not an entry, nor what imports one', { entry: '', a: 'entry', b: '' }, ['b']],
  ])('%s', (_, files, expected) => {
    expect([...mergeable(built(files), new Set(['entry']))]).toEqual(expected);
  });
});

test('what files load is found through any number of others, and in circles', () => {
  const files = built({ a: 'b', b: 'c', c: 'a', d: 'a', e: '' });

  expect([...closure(files, ['b', 'e'])].toSorted()).toEqual(['a', 'b', 'c', 'e']);
});
