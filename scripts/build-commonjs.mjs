/**
 * Builds the package for CommonJS: `library.cjs` has all portable entries, `node.cjs` those for Node, and each entry
 * is a file of one line that takes its part out of them.
 *
 * Only tools that know no "module-sync" load these files. So they are as small as they can be: nothing is exported from
 * one chunk to the next, names are short, and classes and functions keep theirs for messages.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { entries, isForNode, root } from './entries.mjs';
import { inlineConstants } from './inline-constants.mjs';

/** A part of a bundle: a name, and the file that it has all exports of. @typedef {[name: string, source: string]} Part */

const LIBRARY = './library.cjs';
/** Modules of Node's entries ask where they are; their programs are built as modules beside this one. */
const MODULE_URL = `const moduleUrl=require("node:url").pathToFileURL(__dirname+"/run/index.js").href;`;

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  format: 'cjs',
  target: 'es2022',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'error',
  alias: Object.fromEntries(entries.map(({ specifier, source }) => [specifier, root + source])),
};

/** @param {string} path - An entry's output, or a source file. */
function nameOf(path) {
  return path.replaceAll(/\W/g, '_');
}

/**
 * The parts that are public.
 *
 * @param {boolean} node - Whether those for Node are meant, or the others.
 * @returns {Part[]} They.
 */
function publicParts(node) {
  return entries
    .filter(({ name }) => isForNode(name) === node)
    .map(({ output, source }) => [nameOf(output), source]);
}

/**
 * Bundles parts.
 *
 * @param {readonly Part[]} parts - They.
 * @param {import('esbuild').BuildOptions} options - What is special about this bundle.
 * @returns {Promise<string[]>} The source files that it needs, from the root.
 */
async function bundle(parts, options) {
  const contents = parts.map(([name, source]) => `export * as ${name} from './${source}';`);
  const { metafile } = await esbuild.build({
    ...shared,
    ...options,
    stdin: { contents: contents.join('\n'), resolveDir: root },
    metafile: true,
  });
  return Object.keys(metafile.inputs).filter((path) => path.startsWith('src/'));
}

/**
 * A plugin that takes files out of the library instead of bundling them again: a class has to be one and the same.
 *
 * @param {ReadonlySet<string>} owned - The files that the library has, from the root.
 * @param {Set<string>} borrowed - Gets those that are asked for.
 * @returns {import('esbuild').Plugin} The plugin.
 */
function borrowFromLibrary(owned, borrowed) {
  return {
    name: 'borrow-from-library',
    setup(build) {
      build.onResolve({ filter: /^library:$/ }, () => ({ path: LIBRARY, external: true }));
      build.onResolve({ filter: /^library:./ }, ({ path }) => ({ path, namespace: 'library' }));
      build.onLoad({ filter: /./, namespace: 'library' }, ({ path }) => ({
        contents: `module.exports = require('library:').${path.slice('library:'.length)};`,
      }));
      build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/, namespace: 'file' }, ({ path }) => {
        const source = posix.join(
          'src',
          path.slice(resolve(root, 'src').length).replaceAll('\\', '/'),
        );
        if (!owned.has(source)) return undefined;
        borrowed.add(source);
        return { contents: `export * from 'library:${nameOf(source)}';`, loader: 'js' };
      });
    },
  };
}

/**
 * The file of an entry.
 *
 * @param {import('./entries.mjs').Entry} entry - The entry.
 * @returns {string} Its text.
 */
export function entryFile({ name, output }) {
  const file = isForNode(name) ? 'node.cjs' : 'library.cjs';
  const path = posix.relative(posix.dirname(output), file);
  const from = path.startsWith('.') ? path : `./${path}`;
  const part = `require(${JSON.stringify(from)}).${nameOf(output)}`;
  return `"use strict";module.exports=Object.defineProperty(${part},"__esModule",{value:true});\n`;
}

async function main() {
  const published = publicParts(false);
  const owned = await bundle(published, { plugins: [inlineConstants], write: false });
  /** @type {Set<string>} */
  const borrowed = new Set();
  await bundle(publicParts(true), {
    plugins: [borrowFromLibrary(new Set(owned), borrowed), inlineConstants],
    platform: 'node',
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: MODULE_URL },
    outfile: `${root}dist/node.cjs`,
  });
  const inner = [...borrowed]
    .sort()
    .map((source) => /** @type {Part} */ ([nameOf(source), source]));
  await bundle([...published, ...inner], {
    plugins: [inlineConstants],
    outfile: `${root}dist/library.cjs`,
  });
  for (const entry of entries) {
    const file = `${root}dist/${entry.output}.cjs`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, entryFile(entry));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
