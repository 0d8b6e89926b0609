/**
 * The search box of the site, without a browser: the same index, the same query, the same order of results.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import { findInIndex } from './search-query.mjs';

/** The library that typedoc has made the index with. */
const lunr = createRequire(import.meta.resolve('typedoc'))('lunr');

/** As many results as the box shows. */
const MOST = 10;

/**
 * @param {string} folder - The site's, with a slash at the end.
 * @returns {(query: string) => string[]} Gives the addresses of what the box shows, the best first.
 */
export function openSearch(folder) {
  const script = readFileSync(`${folder}assets/search.js`, 'utf8');
  const [, data = ''] = /"(.*)"/.exec(script) ?? [];
  const { rows, index } = JSON.parse(inflateSync(Buffer.from(data, 'base64')).toString());
  const found = lunr.Index.load(index);
  return (query) => {
    const results = findInIndex(found, query).map(({ ref, score }) => {
      const { name, url } = rows[Number(ref)];
      return { url, score: score * boost(name, query) };
    });
    return results
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST)
      .map(({ url }) => url);
  };
}

/** Names that begin with what was typed come first. @param {string} name @param {string} query */
function boost(name, query) {
  const begins = name.toLowerCase().startsWith(query.toLowerCase());
  return begins ? 10 / (1 + Math.abs(name.length - query.length)) : 1;
}
