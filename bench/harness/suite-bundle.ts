/**
 * A suite and the library it measures, in one text that can be evaluated again and again.
 *
 * The harness is taken from the sources, the library from wherever it is to be measured: the built package,
 * or the sources of another version. Each evaluation is a copy of its own, so that what the engine has
 * learned of one implementation does not slow the next one, and two versions can be measured side by side.
 */
import { build, type Plugin } from 'esbuild';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { Script } from 'node:vm';
import type { Suite } from '../../src/cli/bench/suite.js';

/** Where the library is: the path of its `index.js` or `index.ts`. */
export type LibraryEntry = string;

/** What a file of `bench/suites` exports. */
export interface SuiteFile {
  /** The suite. */
  readonly suite: Suite;
}

/** Evaluates a suite in a new copy of its code. */
export type CopyMaker = () => SuiteFile;

/**
 * Bundles a file of `bench/suites` with a library.
 *
 * @param file - The file, from the root of the repository.
 * @param library - The library to measure.
 * @returns A maker of copies.
 */
export async function bundleSuite(file: string, library: LibraryEntry): Promise<CopyMaker> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    plugins: [takeLibraryFrom(resolve(library))],
    logLevel: 'silent',
  });
  return copyMaker(file, (outputFiles[0] as { text: string }).text);
}

/** Leads every import of the library, outside its command, to one entry. */
function takeLibraryFrom(entry: LibraryEntry): Plugin {
  const sources = resolve('src');
  return {
    name: 'library',
    setup(context) {
      context.onResolve({ filter: /^ipvs$/ }, () => ({ path: entry }));
      context.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const inSources = relative(sources, join(resolveDir, path));
        const fromCommand = relative(join(sources, 'cli'), resolveDir);
        if (fromCommand.startsWith('..') || inSources.startsWith('..')) return undefined;
        return inSources.startsWith('cli') ? undefined : { path: entry };
      });
    },
  };
}

function copyMaker(file: string, code: string): CopyMaker {
  const requireFromBench = createRequire(resolve('bench/package.json'));
  let copies = 0;
  return () => {
    copies += 1;
    // A name of its own keeps the engine from finding the compiled code of another copy.
    const script = new Script(`(function (module, exports, require) {${code}\n})`, {
      filename: `${file}#${copies}`,
    });
    const module = { exports: {} };
    const evaluate = script.runInThisContext() as (...scope: unknown[]) => void;
    evaluate(module, module.exports, requireFromBench);
    return module.exports as unknown as SuiteFile;
  };
}
