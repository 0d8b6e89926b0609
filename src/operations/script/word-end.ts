/**
 * Where a word of a shell script ends: quotations, substitutions and lists belong to it as a whole.
 */

const NONE = -1;
/** Quotations and substitutions within each other are read up to this depth. */
const DEEPEST = 200;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };

/**
 * Finds the end of a word.
 *
 * @param text - The script.
 * @param start - Where the word begins.
 * @returns Where it ends; −1 when a quotation or substitution in it has no end.
 */
export function wordEnd(text: string, start: number): number {
  // The `<(` of a substitution of processes.
  let at = /^[<>]\($/.test(text.slice(start, start + 2)) ? partEnd(text, start + 1) : start;
  if (at === NONE) return NONE;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/[\s;&|<>)]/.test(character)) return at;
    if (character === '(' && !/^[A-Za-z_]\w*\+?=$/.test(text.slice(start, at))) return at;
    at = partEnd(text, at);
    if (at === NONE) return NONE;
  }
  return at;
}

/**
 * Divides a text at blanks that are in no quotation and no substitution.
 *
 * @param text - Such as the inside of a list or of `$(…)`.
 * @returns The words, as they are written.
 */
export function wordsIn(text: string): string[] {
  const words: string[] = [];
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text.charAt(at))) {
      at++;
      continue;
    }
    const found = wordEnd(text, at);
    const end = found === NONE ? text.length : Math.max(found, at + 1);
    words.push(text.slice(at, end));
    at = end;
  }
  return words;
}

/**
 * Finds the end of what begins at a place: one character, or a whole quotation or substitution.
 *
 * @param text - The script.
 * @param at - The place.
 * @param depth - Within how many others it is.
 * @returns Where it ends; −1 when it has no end, or is within too many others.
 */
export function partEnd(text: string, at: number, depth = 0): number {
  if (depth > DEEPEST) return NONE;
  const character = text.charAt(at);
  if (character === '\\') return at + 2;
  if (character === "'") return after(text, "'", at + 1);
  if (character === '"') return quotedEnd(text, at + 1, depth + 1);
  if (character === '`') return after(text, '`', at + 1);
  if (character === '(') return nestedEnd(text, at + 1, ')', depth + 1);
  if (character !== '$') return at + 1;
  if (text.charAt(at + 1) === "'") return ansiEnd(text, at + 2);
  const closing = CLOSING[text.charAt(at + 1)];
  return closing === undefined ? at + 1 : nestedEnd(text, at + 2, closing, depth + 1);
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found < 0 ? NONE : found + 1;
}

/** The end of `$'…'`, in which a backslash may be in front of a quote. */
function ansiEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += text.charAt(at) === '\\' ? 2 : 1) {
    if (text.charAt(at) === "'") return at + 1;
  }
  return NONE;
}

function quotedEnd(text: string, from: number, depth: number): number {
  for (let at = from; at !== NONE && at < text.length;) {
    const character = text.charAt(at);
    if (character === '"') return at + 1;
    const isPlain = character === "'" || text.startsWith("$'", at);
    at = isPlain ? at + 1 : partEnd(text, at, depth);
  }
  return NONE;
}

function nestedEnd(text: string, from: number, closing: string, depth: number): number {
  for (let at = from; at !== NONE && at < text.length;) {
    if (text.charAt(at) === closing) return at + 1;
    at = partEnd(text, at, depth);
  }
  return NONE;
}
