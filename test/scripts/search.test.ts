import { expect, test } from 'vitest';
import { findInIndex, withBetterQuery } from '../../scripts/search-query.mjs';
import { searches } from '../../scripts/searches.mjs';

/** An index of one document, which is found when no required part is missing; it notes the queries. */
function indexOf(document: string): { search: (query: string) => string[]; queries: string[] } {
  const queries: string[] = [];
  const search = (query: string): string[] => {
    queries.push(query);
    const required = query.split(' ').filter((clause) => clause.startsWith('+'));
    const parts = required.map((clause) => clause.replaceAll(/[+*]/g, ''));
    return parts.every((part) => document.includes(part)) ? [document] : [];
  };
  return { search, queries };
}

test('every telling word has to be there, and whole ones count more', () => {
  const index = indexOf('weights from probes');
  expect(findInIndex(index, 'Weights from a probe')).toEqual(['weights from probes']);
  expect(index.queries).toEqual(['+*weights* weights^8 +*probe* probe^8']);
});

test('without a document that contains all words, those that contain one are found', () => {
  const index = indexOf('half of it');
  findInIndex(index, 'half-close');
  expect(index.queries).toEqual([
    '+*half* half^8 +*close* close^8',
    '*half* half^8 *close* close^8',
  ]);
});

test('a short word is no part of others', () => {
  const index = indexOf('');
  findInIndex(index, 'weight 0');
  expect(index.queries[0]).toBe('+*weight* weight^8 +0* 0^8');
});

test('what is no word asks for nothing', () => {
  expect(findInIndex(indexOf('x'), '+-*:~^')).toEqual([]);
});

test('the script of the site asks so, or its build fails', () => {
  const typedoc =
    'let a=i.split(" ").map(c=>c.length?`*${c}*`:"").join(" ");s=r.index.search(a).filter(x)';
  expect(withBetterQuery(typedoc)).toMatch(
    /^s=findInIndex\(r\.index,i\)\.filter\(x\)\nfunction findInIndex\(/,
  );
  expect(() => withBetterQuery('s=r.index.search(i)')).toThrow('has changed');
});

test('the site is asked for more than a hundred different things', () => {
  expect(new Set(searches.map(([query]) => query)).size).toBe(searches.length);
  expect(searches.length).toBeGreaterThanOrEqual(120);
});
