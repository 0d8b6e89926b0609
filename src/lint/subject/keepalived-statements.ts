/**
 * The statements of a keepalived.conf as they are written, with the blocks around each.
 */
import type { LintPlace } from '../finding.js';

/** A statement. */
export interface KeepalivedStatement {
  /** Its words; quotes are removed. */
  readonly words: readonly string[];
  /** The keywords of the blocks around it, the outermost first. */
  readonly blocks: readonly string[];
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
  let blocks: readonly string[] = [];
  for (const [index, line] of lines.entries()) {
    let words: string[] = [];
    const place = { file, line: index + 1, column: line.search(/\S/) + 1 };
    for (const [word] of withoutComment(line).matchAll(WORD)) {
      if (word !== '{' && word !== '}') {
        words.push(word.replaceAll('"', ''));
        continue;
      }
      if (words.length > 0) statements.push({ words, blocks, place });
      blocks = word === '{' ? [...blocks, words[0] ?? ''] : blocks.slice(0, -1);
      words = [];
    }
    if (words.length > 0) statements.push({ words, blocks, place });
  }
  return statements;
}

function withoutComment(line: string): string {
  return line.replace(/[#!].*$/, '');
}
