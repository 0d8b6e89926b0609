/**
 * The statements of a keepalived.conf as they are written, with the block around each.
 */
import type { LintPlace } from '../finding.js';

/** A statement. */
export interface KeepalivedStatement {
  /** Its words; quotes are removed. */
  readonly words: readonly string[];
  /** The keyword of the block around it; empty outside of all. */
  readonly block: string;
  /** Where it begins. */
  readonly place: LintPlace;
}

const WORD = /"[^"]*"?|[{}]|[^\s{}"]+/g;

/**
 * Reads statements. Lines are taken as they are: definitions and conditions are not worked out.
 *
 * @param file - The file's name.
 * @param lines - Its lines.
 * @returns The statements, in order.
 */
export function statementsOf(file: string, lines: readonly string[]): KeepalivedStatement[] {
  const statements: KeepalivedStatement[] = [];
  /** The keywords of the blocks that are open, the outermost first. */
  const open: string[] = [];
  for (const [index, line] of lines.entries()) {
    let words: string[] = [];
    const place = { file, line: index + 1, column: line.search(/\S/) + 1 };
    for (const [word] of withoutComment(line).matchAll(WORD)) {
      if (word !== '{' && word !== '}') {
        words.push(word.replaceAll('"', ''));
        continue;
      }
      if (words.length > 0) statements.push({ words, block: open.at(-1) ?? '', place });
      if (word === '{') open.push(words[0] ?? '');
      else open.pop();
      words = [];
    }
    if (words.length > 0) statements.push({ words, block: open.at(-1) ?? '', place });
  }
  return statements;
}

function withoutComment(line: string): string {
  return line.replace(/[#!].*$/, '');
}
