/**
 * Every example of the documentation does what it says: the files in docs/examples and each `ts`
 * block of the guides are type-checked and run.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';

const guides = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['docs', 'docs/guides'].flatMap((folder) =>
    readdirSync(root + folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** The `ts` blocks of a guide, each with the line where it begins. */
function blocksOf(guide: string): { readonly line: number; readonly code: string }[] {
  const text = readFileSync(root + guide, 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1],
  }));
}

const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(`${root}src/${name}`, 'utf8'));

const folder = `${root}reports/snippets`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const snippets = guides.flatMap((guide) =>
  blocksOf(guide).map(({ line, code }) => {
    const file = `${folder}/${guide.replaceAll('/', '-')}-line-${line}.ts`;
    // Without an import or export of its own a block would share its names with the others.
    writeFileSync(file, `${code}export {};\n`);
    return { title: `${guide}, line ${line}`, file };
  }),
);

const examples = readdirSync(`${root}docs/examples`).map((name) => ({
  title: `docs/examples/${name}`,
  file: `${root}docs/examples/${name}`,
}));

const all = [...examples, ...snippets];

describe('the examples of the documentation', () => {
  it('compile', () => {
    expect(faults(all.map(({ file }) => file))).toEqual([]);
  });

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

/** What the compiler has to say about files, as one line each. */
function faults(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.node.json`, (path) =>
    ts.sys.readFile(path),
  ) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(files, options);
  return files
    .flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
    .map(({ file, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      return `${file?.fileName.slice(root.length) ?? ''}: ${text}`;
    });
}
