/**
 * What surrounds a text that is pasted: blocks of code in Markdown, and the marks of a quotation.
 */

const FENCE = /^[ \t]*(?:```|~~~)/;
/** What mail programs put in front of each line of the text that is answered. */
const QUOTE_MARKS = /^(?:> ?)+/;

/**
 * Takes what is meant out of a text as people paste it: without the marks of a quotation (mails, tickets), and of
 * Markdown only what is between fences of three backquotes or tildes.
 *
 * @param text - The text.
 * @returns What is meant, each line in the place where it was.
 */
export function pastedBlock(text: string): string {
  return withinFences(withoutQuoteMarks(text));
}

/** Drops the marks of a quotation, where every line has one. */
function withoutQuoteMarks(text: string): string {
  if (!text.trimStart().startsWith('>')) return text;
  const lines = text.split('\n');
  const isQuoted = lines.every((line) => line.startsWith('>') || line.trim() === '');
  return isQuoted ? lines.map((line) => line.replace(QUOTE_MARKS, '')).join('\n') : text;
}

/** Leaves only the blocks of code; all of it when there is none. */
function withinFences(text: string): string {
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
