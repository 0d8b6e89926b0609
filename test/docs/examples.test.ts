/**
 * Every example of the documentation does what it says: the files in docs/examples and each `ts` block of the guides
 * are run. `public-types.test.ts` type-checks the blocks, `npm run types` the files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { blocksOf, guides, writeSnippets } from './support/guides.js';

const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(`${root}src/${name}`, 'utf8'));

const examples = readdirSync(`${root}docs/examples`).map((name) => ({
  title: `docs/examples/${name}`,
  file: `${root}docs/examples/${name}`,
}));

const all = [...examples, ...writeSnippets('snippets')];

describe('the examples of the documentation', () => {
  for (const { title, file } of all) {
    it(`run: ${title}`, async () => {
      await expect(import(file)).resolves.toBeDefined();
    });
  }

  it.each(['README.md', 'docs/guides/getting-started.md'])(
    'of %s run as they stand, without a compiler',
    (guide) => {
      const notes = blocksOf(guide).flatMap(({ line, code }) => {
        const options = { fileName: 'block.mjs', reportDiagnostics: true };
        const { diagnostics = [] } = ts.transpileModule(code, options);
        return diagnostics.map(
          ({ messageText }) => `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
        );
      });
      expect(notes).toEqual([]);
    },
  );

  it('are each shown somewhere', () => {
    const shown = [...guides.map((guide) => readFileSync(root + guide, 'utf8')), ...sources].join();
    expect(examples.map(({ title }) => title).filter((title) => !shown.includes(title))).toEqual(
      [],
    );
  });

  it('of the docstrings are all files', () => {
    const written = sources.flatMap((text) => [
      ...text.matchAll(/@example\s+\*\s+(?!\{@includeCode).*/g),
    ]);
    expect(written.map(String)).toEqual([]);
  });
});
