/**
 * Blocks of code in notes: what is pasted from a page in Markdown.
 */

const FENCE = /^[ \t]*```/;

/**
 * Leaves of a text only what is between fences of three backquotes.
 *
 * @param text - The text.
 * @returns The blocks, each line in the place where it was; the text itself when it has no block.
 */
export function withinFences(text: string): string {
  if (!text.includes('```')) return text;
  const lines = text.split('\n');
  if (lines.filter((line) => FENCE.test(line)).length < 2) return text;
  let isInside = false;
  return lines
    .map((line) => {
      if (!FENCE.test(line)) return isInside ? line : '';
      isInside = !isInside;
      return '';
    })
    .join('\n');
}
