import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as library from 'ipvs/schedulers';
import { root, schedulers } from '../../scripts/entries.mjs';

/** A full file name as the factory's name: `round-robin` becomes `roundRobin`. */
function factoryName(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The names in the first two columns of a guide's tables. */
function rowsOf(guide: string): string[][] {
  const rows = readFileSync(root + guide, 'utf8').matchAll(
    /^\| `(\w+)`\s*\| `?([\w -]+?)`?\s*\|/gm,
  );
  return [...rows].map((row) => [row[1], row[2]]);
}

describe('the schedulers', () => {
  it('are all in the table of the README', () => {
    const expected = Object.entries(schedulers).map(
      ([name, short]) => `${short} ${factoryName(name)}`,
    );
    const shown = rowsOf('README.md').map((row) => row.join(' '));
    expect(shown.toSorted()).toEqual(expected.toSorted());
  });

  it('are all in the glossary', () => {
    const named = rowsOf('docs/glossary.md').map(([short]) => short);
    expect(named.toSorted()).toEqual(Object.values(schedulers).toSorted());
  });

  it('are all in one entry, by the name of the file', () => {
    expect(Object.keys(library)).toEqual(
      expect.arrayContaining(Object.keys(schedulers).map(factoryName)),
    );
  });
});
