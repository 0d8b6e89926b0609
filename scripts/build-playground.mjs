/**
 * Bundles the playground with the library into docs/api/playground: one page, one style sheet, one
 * script, and no request to anywhere else.
 */
import { build } from 'esbuild';
import { copyFileSync, mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { root } from './entries.mjs';

const source = `${root}docs/playground`;

/**
 * Writes the playground.
 *
 * @param {string} output - The folder to write to; made when it is not there.
 */
export async function buildPlayground(output) {
  mkdirSync(output, { recursive: true });
  for (const name of ['index.html', 'playground.css']) {
    copyFileSync(`${source}/${name}`, `${output}/${name}`);
  }
  await build({
    entryPoints: [`${source}/main.ts`],
    outfile: `${output}/playground.js`,
    tsconfig: `${source}/tsconfig.json`,
    bundle: true,
    minify: true,
    // A plain script: pages opened from a disk may not load modules.
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildPlayground(`${root}docs/api/playground`);
}
