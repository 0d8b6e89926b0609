/**
 * The rules that a script hands to `ipvsadm -R`: a here-document, or what `echo`, `printf` and `cat` write.
 */
import { type RuleLine, ruleLinesOf } from '../../ipvsadm/numbered-lines.js';
import type { PrintedText } from './printed-text.js';

/**
 * Reads the rules of a text; each in its own line, or all in one.
 *
 * @param printed - The text.
 * @returns The rules.
 */
export function rulesOfText({ text, line, inLines }: PrintedText): RuleLine[] {
  return [...ruleLinesOf(text)].map((rule) => ({
    ...rule,
    line: inLines ? line + rule.line - 1 : line,
  }));
}
