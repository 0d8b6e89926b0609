/**
 * Starts a program written in TypeScript: `node scripts/run-typescript.mjs FILE.ts ARGUMENTS...`.
 *
 * Node 20 does not run TypeScript, so the program is bundled first, into `reports/programs`, which is not
 * under version control. Imports of the package by its own name lead to its sources.
 */
import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { entries, root } from './entries.mjs';

const [program, ...rest] = process.argv.slice(2);
if (program === undefined) {
  console.error('Usage: node scripts/run-typescript.mjs FILE.ts ARGUMENTS...');
  process.exit(2);
}

// A name of its own, so that two runs at a time do not meet.
const outfile = `${root}reports/programs/${basename(program, '.ts')}-${process.pid}.mjs`;
process.once('exit', () => rmSync(outfile, { force: true }));

await build({
  entryPoints: [program],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  alias: Object.fromEntries(
    entries.map(({ specifier, source }) => [specifier, `${root}${source}`]).toReversed(),
  ),
  logLevel: 'warning',
});

process.argv = [process.execPath, outfile, ...rest];
await import(pathToFileURL(outfile).href);
