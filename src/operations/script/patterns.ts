/**
 * Patterns of the shell: `*`, `?` and `[…]`.
 */

/**
 * Makes a regular expression of a pattern.
 *
 * @param pattern - The pattern, without quotes.
 * @param isGreedy - Whether `*` takes as much as it can; default `true`.
 * @returns The source of the expression.
 */
export function patternSource(pattern: string, isGreedy = true): string {
  const any = isGreedy ? '[\\s\\S]*' : '[\\s\\S]*?';
  return pattern.replaceAll(/\[[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '*') return any;
    if (part === '?') return '[\\s\\S]';
    if (part.length > 1) return part.replace(/^\[!/, '[^');
    return part.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
}

/**
 * Whether a text matches a pattern as a whole.
 *
 * @param text - The text.
 * @param pattern - The pattern, without quotes.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  return new RegExp(`^(?:${patternSource(pattern)})$`).test(text);
}
