/** The types that users meet: one run of the compiler for all, since reading the sources is most of its work. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { apiReport } from '../../scripts/api-report.mjs';
import { entries, root } from '../../scripts/entries.mjs';
import { writeSnippets } from '../docs/support/guides.js';

const snippets = writeSnippets('compiled-snippets').map(({ file }) => file);
const program = ts.createProgram([...sourcesOfEntries(), ...snippets], compilerOptions());

test('the public names and signatures are those of docs/api-report.txt (npm run generate)', () => {
  const written = readFileSync(`${root}docs/api-report.txt`, 'utf8').split('\n');
  const now = apiReport(program).split('\n');
  const before = new Set(written);
  const after = new Set(now);

  expect({
    gone: written.filter((line) => !after.has(line)),
    added: now.filter((line) => !before.has(line)),
  }).toEqual({ gone: [], added: [] });
});

test('the blocks of the guides compile', () => {
  const complaints = snippets
    .flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
    .map(({ file, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      return `${file?.fileName.slice(root.length) ?? ''}: ${text}`;
    });

  expect(snippets.length).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
});

function sourcesOfEntries(): string[] {
  return entries.map(({ source }) => root + source);
}

function compilerOptions(): ts.CompilerOptions {
  const path = `${root}tsconfig.node.json`;
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: object };
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}
