/**
 * Rules with the places where they are written, for rules that are not a file of their own.
 */
import { isBlankLine } from './split.js';

/** One rule and where it is written. */
export interface RuleLine {
  /** The rule, such as `-A -t 192.0.2.1:80`. */
  readonly text: string;
  /** The number of its line, from 1. */
  readonly line: number;
  /** Its words, where blanks do not divide them; default: the text is split at blanks. */
  readonly words?: readonly string[];
}

/**
 * The rules of a file, one after the other: blank lines and comments have none.
 *
 * @param rules - Lines of rules.
 * @param strict - Whether to know no comments; default `false`.
 * @returns The lines.
 */
export function* ruleLinesOf(rules: string, strict = false): Iterable<RuleLine> {
  let line = 0;
  for (let start = 0; start <= rules.length;) {
    const end = rules.indexOf('\n', start);
    const stop = end < 0 ? rules.length : end;
    const last = stop > start && rules.charAt(stop - 1) === '\r' ? stop - 1 : stop;
    line += 1;
    if (!isBlankLine(rules, start, last, strict)) yield { text: rules.slice(start, last), line };
    start = stop + 1;
  }
}
