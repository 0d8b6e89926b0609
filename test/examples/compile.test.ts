/**
 * The examples say what types they have, and are as short as an example should be.
 */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { peersInstalled } from './support/programs.js';

const folder = `${root}examples/`;
const LONGEST = 110;

const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.mjs'))
  .map((name) => ({ name, text: readFileSync(folder + name, 'utf8') }));

describe('the examples', () => {
  it.each(examples)(`$name has at most ${LONGEST} lines`, ({ text }) => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(LONGEST);
  });

  it.each(examples)('$name imports the library by its name, if at all', ({ text }) => {
    expect(text).not.toMatch(/from '\.\./);
  });

  it('compile', () => {
    const checked = examples.filter(({ text }) => peersInstalled || !text.includes("'undici'"));
    expect(faults(checked.map(({ name }) => folder + name))).toEqual([]);
  });
});

/** What the compiler has to say about files, as one line each. */
function faults(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(`${folder}tsconfig.json`, (path) =>
    ts.sys.readFile(path),
  ) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const program = ts.createProgram(files, options);
  return files
    .flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
    .map(({ file, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      return `${file?.fileName.slice(folder.length) ?? ''}: ${text}`;
    });
}
