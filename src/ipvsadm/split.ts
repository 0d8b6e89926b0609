/**
 * Splits a line of rules into words: blanks separate, quotes mean nothing, a word that begins with
 * `#` starts a comment (an addition of this library), a leading `ipvsadm` is dropped.
 */

/** A word of a line. */
export interface Word {
  /** The word. */
  readonly text: string;
  /** Where it begins, from 1. */
  readonly column: number;
}

/**
 * Splits a line into words.
 *
 * @param line - One line, without its end.
 * @param strict - Whether to know no comments, and no blanks but those of the tool; default `false`.
 * @returns The words; none for an empty line or a comment.
 */
export function splitLine(line: string, strict = false): Word[] {
  const words: Word[] = [];
  for (const match of line.matchAll(strict ? /[^ \t\r\n]+/g : /\S+/g)) {
    if (!strict && match[0].startsWith('#')) break;
    words.push({ text: match[0], column: match.index + 1 });
  }
  return words;
}

/**
 * Drops the tool's own name from the front.
 *
 * @param words - The words of a line.
 * @returns The words after a leading `ipvsadm`.
 */
export function withoutToolName(words: readonly Word[]): readonly Word[] {
  return words[0]?.text === 'ipvsadm' ? words.slice(1) : words;
}
