/** The guides of the project, and the programs in them. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { root } from '../../../scripts/entries.mjs';

/** All Markdown files that users read, by their path in the project. */
export const guides: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['docs', 'docs/guides'].flatMap((folder) =>
    readdirSync(root + folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** A `ts` block of a guide. */
export interface Block {
  /** The line where it begins. */
  readonly line: number;
  readonly code: string;
}

/** The `ts` blocks of a guide. */
export function blocksOf(guide: string): Block[] {
  const text = readFileSync(root + guide, 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1],
  }));
}

/** A block as a file. */
export interface Snippet {
  readonly title: string;
  readonly file: string;
}

/**
 * Writes each block into a file of its own.
 *
 * @param name - A folder in `reports`, which is emptied first; each caller has its own.
 */
export function writeSnippets(name: string): Snippet[] {
  const folder = `${root}reports/${name}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return guides.flatMap((guide) =>
    blocksOf(guide).map(({ line, code }) => {
      const file = `${folder}/${guide.replaceAll('/', '-')}-line-${line}.ts`;
      // Without an import or export of its own a block would share its names with the others.
      writeFileSync(file, `${code}export {};\n`);
      return { title: `${guide}, line ${line}`, file };
    }),
  );
}
