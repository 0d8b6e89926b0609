/**
 * Takes the doc comments, and three of four blanks of the indentation, out of the declarations for CommonJS; those for
 * modules, which editors read, keep them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { withoutDocComments } from './doc-comments.mjs';
import { root } from './entries.mjs';

for (const path of readdirSync(`${root}dist`, { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.d.cts')) continue;
  const file = `${root}dist/${path}`;
  const text = withoutDocComments(readFileSync(file, 'utf8'));
  writeFileSync(
    file,
    text.replaceAll(/^(?: {4})+/gm, ({ length }) => ' '.repeat(length / 4)),
  );
}
