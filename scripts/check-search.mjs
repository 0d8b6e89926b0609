/**
 * Checks the search box of the built site: what people type leads to a page that answers it.
 */
import { root } from './entries.mjs';
import { searches } from './searches.mjs';
import { openSearch } from './site-search.mjs';

/** Who has to read more than this goes away. */
const FIRST = 4;

const search = openSearch(`${root}docs/api/`);
const wrong = searches.flatMap(([query, pages]) => {
  const found = search(query).slice(0, FIRST);
  const names = pages.split('|');
  return found.some((url) => names.some((name) => url.includes(name)))
    ? []
    : [`${query}: expected ${pages}, found ${found.join(' ') || 'nothing'}`];
});
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exitCode = 1;
else console.log(`${searches.length} searches lead to a page that answers them`);
