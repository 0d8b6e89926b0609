/** Reading recorded files. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const folder = new URL('../../golden/states/', import.meta.url);

/** The text of a gzipped file of the recorded states. */
export function readGolden(name: string): string {
  return gunzipSync(readFileSync(fileURLToPath(new URL(`${name}.gz`, folder)))).toString('utf8');
}

/** One line of a recording each; the header is left out. */
export function readGoldenLines(name: string): unknown[] {
  return readGolden(name)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as unknown);
}
