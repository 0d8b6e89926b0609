import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawAll } from '../../docs/plots/index.js';
import { measureAll } from '../../docs/plots/measure.js';
import { root } from '../../scripts/entries.mjs';
import { pages } from '../../scripts/pages.mjs';

const folder = `${root}docs/pictures/`;
const measured = measureAll();
const drawn = drawAll(measured);
const text = Object.values(pages)
  .flat()
  .map((file) => readFileSync(root + file, 'utf8'))
  .join('\n');

describe('the generated pictures', () => {
  it('are those in the folder', () => {
    expect(readdirSync(folder).toSorted()).toEqual(drawn.map(([name]) => name).toSorted());
  });

  it.each(drawn)('%s is what is drawn now', (name, contents) => {
    // Compared as a truth value: a difference of long lines helps nobody.
    expect(readFileSync(folder + name, 'utf8') === contents, 'stale: npm run generate').toBe(true);
  });

  it.each(drawn)('%s is shown on a page', (name) => {
    expect(text).toContain(`pictures/${name})`);
  });

  it('are drawn from loads in which every connection is somewhere', () => {
    for (const { shares } of measured) {
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    }
  });
});
