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
  const { length } = line;
  for (let at = 0; at < length;) {
    if (isBlank(line.charCodeAt(at), strict)) at++;
    else if (!strict && line.charCodeAt(at) === HASH) break;
    else {
      const start = at;
      while (at < length && !isBlank(line.charCodeAt(at), strict)) at++;
      words.push({ text: line.slice(start, at), column: start + 1 });
    }
  }
  return words;
}

/**
 * Whether a line has no words.
 *
 * @param text - Where the line is.
 * @param start - Where it begins.
 * @param end - Where it ends.
 * @param strict - As for {@link splitLine}.
 */
export function isBlankLine(text: string, start: number, end: number, strict = false): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (!isBlank(code, strict)) return !strict && code === HASH;
  }
  return true;
}

const HASH = 35;
const SPACE = 32;
const LARGEST_ASCII = 127;
/** Blanks beyond ASCII, as \s has them. */
const OTHER_BLANK = /\s/;

function isBlank(code: number, strict: boolean): boolean {
  if (code > SPACE) {
    return code > LARGEST_ASCII && !strict && OTHER_BLANK.test(String.fromCharCode(code));
  }
  if (code === SPACE || code === 9 || code === 10 || code === 13) return true;
  return !strict && (code === 11 || code === 12);
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
