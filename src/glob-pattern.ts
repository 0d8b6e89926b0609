/**
 * Patterns of the shell and of file names: `*`, `?`, `[…]`, and `\\` in front of a character that means itself.
 *
 * A match takes time of the product of both lengths at most, whatever the pattern: it may come from a file that someone else wrote.
 */

/**
 * Whether a pattern matches all of a text.
 *
 * @param pattern - The pattern, without quotes.
 * @param text - The text.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern);
  let star = -1;
  let starAt = 0;
  let token = 0;
  let at = 0;
  while (at < text.length) {
    const current = tokens[token];
    if (current?.[0] === '*') {
      star = token;
      starAt = at;
      token += 1;
    } else if (current !== undefined && matchesOne(current, text[at])) {
      token += 1;
      at += 1;
    } else if (star !== -1) {
      token = star + 1;
      starAt += 1;
      at = starAt;
    } else return false;
  }
  while (tokens[token]?.[0] === '*') token += 1;
  return token === tokens.length;
}

/**
 * Takes away the beginning of a text that a pattern matches.
 *
 * @param pattern - The pattern, without quotes.
 * @param text - The text.
 * @param isLongest - Whether the longest such beginning is taken away, not the shortest.
 * @returns The rest; the text as it is when the pattern matches no beginning.
 */
export function withoutPrefix(pattern: string, text: string, isLongest: boolean): string {
  return text.slice(matchedLength(tokensOf(pattern), text.split(''), isLongest));
}

/**
 * Takes away the end of a text that a pattern matches.
 *
 * @param pattern - The pattern, without quotes.
 * @param text - The text.
 * @param isLongest - Whether the longest such end is taken away, not the shortest.
 * @returns The rest; the text as it is when the pattern matches no end.
 */
export function withoutSuffix(pattern: string, text: string, isLongest: boolean): string {
  const tokens = tokensOf(pattern).toReversed();
  const length = matchedLength(tokens, text.split('').toReversed(), isLongest);
  return text.slice(0, text.length - length);
}

/** How much of the beginning of a text some tokens match; 0 when they match none. */
function matchedLength(
  tokens: readonly string[],
  characters: readonly string[],
  isLongest: boolean,
): number {
  /** The lengths that the tokens so far can match, in order. */
  let lengths = [0];
  for (const token of tokens) {
    const [first = characters.length] = lengths;
    lengths =
      token[0] === '*'
        ? Array.from({ length: characters.length - first + 1 }, (_, more) => first + more)
        : lengths.filter((at) => at < characters.length && matchesOne(token, characters[at]));
    if (token[0] !== '*') lengths = lengths.map((at) => at + 1);
    if (lengths.length === 0) return 0;
  }
  return lengths.at(isLongest ? -1 : 0) ?? 0;
}

function tokensOf(pattern: string): string[] {
  return [...pattern.matchAll(/\*+|\[[!^]?\]?[^\]]*\]|\\.|./gs)].map(([token]) => token);
}

function matchesOne(token: string, character: string): boolean {
  if (token === '?') return true;
  if (token.length === 1) return token === character;
  if (token[0] === '\\') return token[1] === character;
  const negated = token[1] === '!' || token[1] === '^';
  return inSet(token.slice(negated ? 2 : 1, -1), character) !== negated;
}

function inSet(set: string, character: string): boolean {
  for (let at = 0; at < set.length; at += 1) {
    const first = set[at];
    if (set[at + 1] === '-' && at + 2 < set.length) {
      if (first <= character && character <= set[at + 2]) return true;
      at += 2;
    } else if (first === character) return true;
  }
  return false;
}
