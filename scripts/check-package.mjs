/**
 * Checks the package as users get it: packs it, installs the tarball in a scratch folder, imports
 * and requires every entry, follows the README's links, compiles a consumer against its types, and bundles it for a
 * browser.
 *
 * Needs a build (`npm run build`).
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entries, isForNode, root } from './entries.mjs';
import { addressOfFiles, deadLinks, missingScripts } from './package-readme.mjs';
import { collect, run } from './run.mjs';

/** How much the package may take on a disk, in bytes; the README says how much it takes. */
const MOST_UNPACKED = 3_000_000;

const bin = `${root}node_modules/.bin/`;
const scratch = mkdtempSync(join(tmpdir(), 'ipvs-package-'));
const specifiers = entries.map(({ specifier }) => specifier);
const portable = specifiers.filter((specifier) => !isForNode(specifier));

try {
  const tarball = pack();
  run(`${bin}publint`, ['run', tarball, '--strict']);
  run(`${bin}attw`, [tarball, '--profile', 'node16', '--format', 'ascii', '--quiet']);
  install(tarball);
  load();
  command();
  readme();
  compile();
  bundle();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** @returns {string} The tarball's path. */
function pack() {
  const written = collect('npm', [
    'pack',
    '--foreground-scripts=false',
    '--json',
    '--pack-destination',
    scratch,
  ]);
  const [{ filename, size, unpackedSize, files }] = JSON.parse(written);
  console.log(
    `${filename}: ${files.length} files, ${(size / 1000).toFixed(0)} kB, unpacked ${(unpackedSize / 1000).toFixed(0)} kB`,
  );
  if (unpackedSize > MOST_UNPACKED) {
    throw new Error(`The package takes ${unpackedSize} bytes, more than ${MOST_UNPACKED}`);
  }
  return join(scratch, filename);
}

/**
 * A consumer's project: the tarball, and no other package.
 *
 * @param {string} tarball - The tarball's path.
 */
function install(tarball) {
  mkdirSync(join(scratch, 'node_modules/ipvs'), { recursive: true });
  run('tar', ['-xzf', tarball, '-C', join(scratch, 'node_modules/ipvs'), '--strip-components=1']);
  writeFileSync(join(scratch, 'package.json'), JSON.stringify({ type: 'module', private: true }));
}

/** Imports and requires each entry; both must give the same names, and one class each. */
function load() {
  const body = `
    const entries = ${JSON.stringify(specifiers)};
    for (const entry of entries) {
      const imported = Object.keys(await import(entry)).filter((name) => name !== 'module.exports');
      const required = Object.keys(require(entry)).filter((name) => name !== '__esModule');
      if (String(imported.sort()) !== String(required.sort()) || imported.length === 0) {
        throw new Error(entry + ': import gives ' + imported + ', require gives ' + required);
      }
    }`;
  writeFileSync(
    join(scratch, 'load.mjs'),
    `import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    ${body}
    console.log(entries.length + ' entries imported and required');`,
  );
  writeFileSync(join(scratch, 'classes.cjs'), sharedClasses());
  run(process.execPath, ['load.mjs'], scratch);
  run(process.execPath, ['classes.cjs'], scratch);
  // Where Node does not know "module-sync", the CommonJS build itself is loaded.
  for (const { output } of entries) {
    run(process.execPath, ['-e', `require('./node_modules/ipvs/dist/${output}.cjs')`], scratch);
  }
}

/** A program that fails when two entries carry a class each. */
function sharedClasses() {
  return `
    for (const extension of ['.cjs', '.js']) {
      const load = (output) => require('./node_modules/ipvs/dist/' + output + extension);
      const seen = new Map();
      for (const output of ${JSON.stringify(entries.map(({ output }) => output))}) {
        for (const [name, value] of Object.entries(load(output))) {
          if (seen.has(name) && seen.get(name) !== value) throw new Error(output + extension + ' has its own ' + name);
          seen.set(name, value);
        }
      }
    }`;
}

/** Runs the installed command on an example that comes with the package. */
function command() {
  const program = 'node_modules/ipvs/dist/cli/ipvs.js';
  const version = collect(process.execPath, [program, '--version'], scratch).trim();
  collect(process.execPath, [program, 'simulate', 'nat-wrr', '--connections', '100'], scratch);
  console.log(`command ${version} runs`);
}

/** Follows the links of the README as it is in the package, and runs the commands that it has there. */
function readme() {
  const text = readFileSync(join(scratch, 'node_modules/ipvs/README.md'), 'utf8');
  const wrong = [...deadLinks(text, addressOfFiles()), ...missingScripts(text)];
  if (wrong.length > 0) throw new Error(`README.md names what is not there: ${wrong.join(', ')}`);
  const program = 'node_modules/ipvs/dist/cli/ipvs.js';
  const commands = new Set([...text.matchAll(/^\| `ipvs (\w+)/gm)].map(([, name]) => name));
  for (const name of commands) {
    collect(process.execPath, [program, name ?? '', '--help'], scratch);
  }
  console.log(`README: all links lead somewhere, and ${commands.size} commands explain themselves`);
}

/** Compiles a consumer, without the types of Node or of browsers, under three module systems. */
function compile() {
  const imports = specifiers.map(
    (specifier, index) => `import * as m${index} from '${specifier}';`,
  );
  const uses = specifiers.map((_, index) => `m${index}`).join(', ');
  const consumer = `${imports.join('\n')}\nexport const modules: readonly object[] = [${uses}];\n`;
  writeFileSync(join(scratch, 'consumer.mts'), consumer);
  writeFileSync(join(scratch, 'consumer.cts'), consumer);
  copyFileSync(join(scratch, 'consumer.mts'), join(scratch, 'consumer.ts'));
  const strict = ['--noEmit', '--strict', '--lib', 'es2022', '--target', 'es2022'];
  for (const { module, resolution, files } of [
    { module: 'nodenext', resolution: 'nodenext', files: ['consumer.mts', 'consumer.cts'] },
    { module: 'node16', resolution: 'node16', files: ['consumer.mts', 'consumer.cts'] },
    { module: 'esnext', resolution: 'bundler', files: ['consumer.ts'] },
  ]) {
    const modules = ['--module', module, '--moduleResolution', resolution];
    run(`${bin}tsc`, ['--ignoreConfig', ...strict, ...modules, ...files], scratch);
  }
  console.log('consumer compiled');
}

/** Bundles every portable entry for a browser: a Node module in one of them would fail here. */
function bundle() {
  const all = portable.map((specifier, index) => `export * as m${index} from '${specifier}';`);
  writeFileSync(join(scratch, 'browser.js'), all.join('\n'));
  run(
    `${bin}esbuild`,
    [
      'browser.js',
      '--bundle',
      '--platform=browser',
      '--format=esm',
      '--log-level=warning',
      '--outfile=bundle.js',
    ],
    scratch,
  );
  console.log('bundled for a browser');
}
