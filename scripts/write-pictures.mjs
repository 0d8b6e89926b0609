/**
 * Writes the generated pictures of the documentation to docs/pictures. Node 20 does not run TypeScript,
 * so what draws them is bundled first, with the library's sources.
 */
import { build } from 'esbuild';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { entries, root } from './entries.mjs';

const bundle = `${root}reports/pictures.mjs`;
await build({
  entryPoints: [`${root}docs/plots/index.ts`],
  outfile: bundle,
  // The longest first: an alias also stands for what is below it.
  alias: Object.fromEntries(
    entries.toReversed().map(({ specifier, source }) => [specifier, root + source]),
  ),
  bundle: true,
  platform: 'neutral',
  format: 'esm',
  logLevel: 'warning',
});
const { drawAll } = await import(pathToFileURL(bundle).href);

const folder = `${root}docs/pictures`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, contents] of drawAll()) writeFileSync(`${folder}/${name}`, contents);
