/**
 * Puts small shared chunks of a build together in three files, because each file costs Node a third of a millisecond:
 * without that the command loads a hundred of them.
 *
 * Only chunks of which a bundler keeps nothing unless it is asked for are put together, so bundles do not grow. What
 * the command alone needs is in a file of its own, which no entry of the package loads; so are the schedulers, since
 * what is alike compresses better side by side.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import { entries, root } from './entries.mjs';

const DIST = join(root, 'dist/');
const FROM_NODE = /\b(?:from|import)\s*"node:/;
const IMPORT = /\b(?:from|import)\s*"(\.[^"]+)"/g;

/** What is known of a file: those that it imports, by path, and whether it does anything when it is loaded. */
/** @typedef {{ imports: readonly string[], isPure: boolean }} BuiltFile */

/**
 * Finds the files that can be put together: none does anything when it is loaded, nor does what it imports.
 *
 * @param {ReadonlyMap<string, BuiltFile>} files - All files, by path.
 * @param {ReadonlySet<string>} kept - Those that stay as they are.
 * @returns {Set<string>} The paths.
 */
export function mergeable(files, kept) {
  const found = new Set(
    [...files].filter(([path, { isPure }]) => isPure && !kept.has(path)).map(([path]) => path),
  );
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const path of found) {
      if (files.get(path)?.imports.some((each) => !found.has(each))) found.delete(path);
    }
  }
  return found;
}

/**
 * Finds what files load.
 *
 * @param {ReadonlyMap<string, BuiltFile>} files - All files, by path.
 * @param {readonly string[]} from - Some of them.
 * @returns {Set<string>} They, and what they import, by path.
 */
export function closure(files, from) {
  const found = new Set(from);
  for (const path of found) for (const each of files.get(path)?.imports ?? []) found.add(each);
  return found;
}

/**
 * Whether a bundler keeps nothing of a file that nobody asks for, and Node loads nothing of its own for it.
 *
 * @param {string} path - The file.
 */
async function isPure(path) {
  if (FROM_NODE.test(readFileSync(path, 'utf8'))) return false;
  const { outputFiles } = await esbuild.build({
    stdin: { contents: `import ${JSON.stringify(path)};`, resolveDir: root },
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'this-file-alone',
        setup(build) {
          build.onResolve({ filter: /./ }, (found) =>
            found.path === path
              ? { path, sideEffects: true }
              : { path: found.path, external: true, sideEffects: false },
          );
        },
      },
    ],
  });
  return outputFiles[0].text.trim() === '';
}

/** @returns {Promise<Map<string, BuiltFile>>} The modules of the build. */
async function readBuild() {
  const paths = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .map((path) => join(DIST, path));
  const read = paths.map(async (path) => {
    const found = [...readFileSync(path, 'utf8').matchAll(IMPORT)];
    const imports = found.map(([, name]) => join(dirname(path), name));
    return /** @type {const} */ ([path, { imports, isPure: await isPure(path) }]);
  });
  return new Map(await Promise.all(read));
}

async function main() {
  const files = await readBuild();
  const isShared = (/** @type {string} */ path) => path.startsWith(`${DIST}chunk-`);
  const own = [...files.keys()].filter((path) => !isShared(path));
  const merged = mergeable(files, new Set(own));
  const ofLibrary = closure(
    files,
    entries.map(({ output }) => join(DIST, `${output}.js`)),
  );
  const build = await rollup({
    input: Object.fromEntries(own.map((path) => [path.slice(DIST.length, -'.js'.length), path])),
    external: /^node:/,
    treeshake: false,
    logLevel: 'silent',
  });
  const { output } = await build.generate({
    format: 'es',
    compact: true,
    hoistTransitiveImports: false,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    manualChunks: (path) => {
      if (!isShared(path)) return undefined;
      if (!merged.has(path)) return path.slice(DIST.length, -'.js'.length);
      if (!ofLibrary.has(path)) return 'chunk-command';
      return path.startsWith(`${DIST}chunk-schedulers-`) ? 'chunk-schedulers' : 'chunk-shared';
    },
  });
  await build.close();
  for (const path of files.keys()) rmSync(path);
  for (const each of output) {
    if (each.type === 'chunk') writeFileSync(DIST + each.fileName, `${each.code.trimEnd()}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
