/**
 * Gives the shared chunks of a build names that a stack trace can be read by: that of the source file
 * that most of a chunk comes from, instead of a hash.
 *
 * Reads the `metafile-esm.json` that tsup leaves in `dist`, and removes it.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { root } from './entries.mjs';

const METAFILE = `${root}dist/metafile-esm.json`;
const HASHED = /chunk-[A-Z0-9]{8}(?=\.js)/g;

/**
 * Chooses names.
 *
 * @param {Record<string, { inputs: Record<string, { bytesInOutput: number }> }>} outputs - Of a metafile.
 * @returns {Map<string, string>} The new stem of each hashed one.
 */
export function chunkNames(outputs) {
  const names = new Map();
  const taken = new Set();
  for (const [path, { inputs }] of Object.entries(outputs)) {
    const [hashed] = path.match(HASHED) ?? [];
    if (hashed === undefined || names.has(hashed)) continue;
    const [largest] = Object.entries(inputs).toSorted(
      ([, one], [, other]) => other.bytesInOutput - one.bytesInOutput,
    );
    const source = largest?.[0].replace(/^constants:/, '') ?? 'empty';
    const stem = `chunk-${basename(dirname(source))}-${basename(source, '.ts')}`;
    let name = stem;
    for (let number = 2; taken.has(name); number++) name = `${stem}-${number}`;
    taken.add(name);
    names.set(hashed, name);
  }
  return names;
}

if (existsSync(METAFILE)) {
  const { outputs } = JSON.parse(readFileSync(METAFILE, 'utf8'));
  const names = chunkNames(outputs);
  for (const path of Object.keys(outputs)) {
    const text = readFileSync(root + path, 'utf8');
    const renamed = path.replace(HASHED, (hashed) => names.get(hashed) ?? hashed);
    writeFileSync(
      root + path,
      text.replace(HASHED, (hashed) => names.get(hashed) ?? hashed),
    );
    if (renamed !== path) renameSync(root + path, root + renamed);
  }
  rmSync(METAFILE);
}
