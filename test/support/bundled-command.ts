/**
 * The command as one file, made from the sources, for tests that need a process of its own.
 */
import { build } from 'esbuild';
import { entries, root } from '../../scripts/entries.mjs';

/** Bundles a file of the sources; what imports the package by its name meets the sources, too. */
export async function bundle(source: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [root + source],
    outfile,
    alias: Object.fromEntries(entries.map((entry) => [entry.specifier, root + entry.source])),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
}
