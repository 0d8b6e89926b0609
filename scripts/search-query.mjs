/**
 * How the search box of the site asks its index. A document must contain every word, or, where none does, one of them.
 * Whole words count more than parts of words, and a word of up to two letters is matched from its beginning only.
 */

/**
 * It is written into the site's script as it is, so it uses nothing from outside.
 *
 * @template Result
 * @param {{ search: (query: string) => Result[] }} index - Of lunr.
 * @param {string} text - What was typed.
 * @returns {Result[]} The documents that contain all words; without any such, those that contain one.
 */
export function findInIndex(index, text) {
  const common = /^(?:an?|and|as|at|by|for|from|has|how|i|in|is|it|of|on|or|the|to|with|without)$/;
  const typed = text.toLowerCase().split(/[^\p{L}\p{N}_.]+/u);
  const words = typed.filter((word) => word !== '');
  const telling = words.filter((word) => !common.test(word));
  const asked = telling.length > 0 ? telling : words;
  if (asked.length === 0) return [];
  /** @param {string} word @param {string} presence */
  const clauses = (word, presence) => {
    const part = word.length > 2 ? `*${word}*` : `${word}*`;
    return `${presence}${part} ${word}^8`;
  };
  for (const presence of ['+', '']) {
    const found = index.search(asked.map((word) => clauses(word, presence)).join(' '));
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * @param {string} script - The script of a site that typedoc has written.
 * @returns {string} The same, asking by {@link findInIndex}.
 * @throws {Error} When typedoc asks otherwise than it did.
 */
export function withBetterQuery(script) {
  const query =
    /let (\w+)=(\w+)\.split\(" "\)\.map\([^;]*?\.join\(" "\);(\w+)=(\w+)\.index\.search\(\1\)/;
  if (!query.test(script)) throw new Error('The search box of typedoc has changed');
  return `${script.replace(query, '$3=findInIndex($4.index,$2)')}\n${findInIndex}\n`;
}
