/**
 * The words of a line: divided by blanks, `"..."` is one word, `{` and `}` are words of their own.
 */

/** A word. */
export interface Word {
  /** The text, without quotes. */
  readonly text: string;
  /** The column of its first character, from 1. */
  readonly column: number;
  /** Whether it is a `{` or `}` outside of quotes. */
  readonly brace: boolean;
}

/** The words of a line. */
export interface Words {
  /** The words, in order. */
  readonly words: readonly Word[];
  /** Whether the last quote has no end; its word is lost. */
  readonly unterminated: boolean;
}

/** Blanks as the recorded program has them. */
const blank = /[ \t\r\f\v]/;

/**
 * Removes a comment: from the first `#` or `!` outside of quotes to the end. A backslash in front of it goes, too, unless
 * it is the second of a pair.
 *
 * @param line - The line.
 * @returns What is left, without blanks at its ends; nothing behind a NUL.
 */
export function withoutComment(line: string): string {
  let quoted = false;
  let end = line.length;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at];
    const next = line[at + 1];
    const isEscape = character === '\\' && !quoted;
    if (character === '"') quoted = !quoted;
    else if (isEscape && next === '\\') at += 1;
    else if (isEscape && (next === '#' || next === '!')) {
      end = at;
      break;
    } else if (character === '\0' || (!quoted && (character === '#' || character === '!'))) {
      end = at;
      break;
    }
  }
  return trimBlanks(line.slice(0, end));
}

/**
 * Whether a line's last quote has no end.
 *
 * @param line - The line, without a comment.
 */
export function isUnterminated(line: string): boolean {
  let quoted = false;
  for (let at = line.indexOf('"'); at !== -1; at = line.indexOf('"', at + 1)) quoted = !quoted;
  return quoted;
}

/**
 * Removes blanks at both ends.
 *
 * @param text - The text.
 * @returns The rest.
 */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && blank.test(text[start])) start += 1;
  while (end > start && blank.test(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

/**
 * Divides a line into words.
 *
 * @param line - The line, without a comment.
 * @param offset - How many characters are before it in its file's line.
 * @returns The words.
 */
export function wordsOf(line: string, offset = 0): Words {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    const character = line[at];
    if (blank.test(character)) {
      at += 1;
      continue;
    }
    const column = at + 1 + offset;
    if (character === '"') {
      const end = line.indexOf('"', at + 1);
      if (end === -1) return { words, unterminated: true };
      words.push({ text: line.slice(at + 1, end), column, brace: false });
      at = end + 1;
    } else if (character === '{' || character === '}') {
      words.push({ text: character, column, brace: true });
      at += 1;
    } else {
      const start = at;
      while (at < line.length && isPlain(line[at])) at += 1;
      words.push({ text: line.slice(start, at), column, brace: false });
    }
  }
  return { words, unterminated: false };
}

function isPlain(character: string): boolean {
  return character !== '"' && character !== '{' && character !== '}' && !blank.test(character);
}
