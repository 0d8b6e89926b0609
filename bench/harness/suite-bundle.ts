/**
 * A suite and the library it measures, in one text that can be evaluated again and again.
 *
 * The harness is taken from the sources, the library from wherever it is to be measured: the built package,
 * or the sources of another version. Each evaluation is a copy of its own, so that what the engine has
 * learned of one implementation does not slow the next one, and two versions can be measured side by side.
 */
import { build, type Plugin } from 'esbuild';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { Script } from 'node:vm';
import { inlineConstants } from '../../scripts/inline-constants.mjs';
import type { Suite } from './suite.js';

/** Where the library is: the path of its `index.js` or `index.ts`. */
export type LibraryEntry = string;

/** Evaluates a file in a new copy of its code and gives what it exports. */
export type CopyMaker<Exports> = () => Exports;

/** What a file of `bench/suites` exports. */
export interface SuiteFile {
  /** The suite. */
  readonly suite: Suite;
}

/**
 * Bundles a suite with a library.
 *
 * @param name - The name of a file of `bench/suites`.
 * @param library - The library to measure.
 * @returns A maker of copies.
 */
export async function bundleSuite(
  name: string,
  library: LibraryEntry,
): Promise<CopyMaker<SuiteFile>> {
  const makeCopy = await bundleFile(`bench/suites/${name}.ts`, library);
  return () => makeCopy() as SuiteFile;
}

/**
 * Bundles a file with a library.
 *
 * @param file - The file, from the root of the repository.
 * @param library - The library to measure.
 * @returns A maker of copies.
 */
export async function bundleFile(file: string, library: LibraryEntry): Promise<CopyMaker<unknown>> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    // As the package is built, so that sources and a build can be compared.
    minifySyntax: true,
    plugins: [takeLibraryFrom(resolve(library)), inlineConstants],
    logLevel: 'silent',
  });
  return copyMaker(file, (outputFiles[0] as { text: string }).text);
}

/** Resolves imports of the package to the entries of the library that is measured. */
function takeLibraryFrom(index: LibraryEntry): Plugin {
  return {
    name: 'library',
    setup(context) {
      context.onResolve({ filter: /^ipvs(\/|$)/ }, ({ path }) => ({
        path: entryOf(index, path.slice('ipvs/'.length)),
      }));
    },
  };
}

function entryOf(index: LibraryEntry, folder: string): LibraryEntry {
  return join(dirname(index), folder, basename(index));
}

function copyMaker(file: string, code: string): CopyMaker<unknown> {
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
    return module.exports;
  };
}
