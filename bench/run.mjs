/**
 * Starts a program of this folder: `node bench/run.mjs main ARGUMENTS...`.
 *
 * Node 20 does not run TypeScript, so the program is bundled first, into `reports/bench`, which is not
 * under version control. esbuild is the one that builds the package itself.
 */
import { build } from 'esbuild';
import { pathToFileURL } from 'node:url';

const [program, ...rest] = process.argv.slice(2);
const outfile = `reports/bench/program/${program}.mjs`;

await build({
  entryPoints: [`bench/${program}.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});

process.argv = [process.argv[0], outfile, ...rest];
await import(pathToFileURL(outfile).href);
