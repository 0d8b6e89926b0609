/**
 * A text of plain rules, which needs no reader: its lines are read when they are done.
 */
import { type RuleLine, ruleLinesOf } from '../ipvsadm/numbered-lines.js';
import type { UnderstoodText } from './understood-text.js';

/** What a text has that does not say it. */
export const NOTHING = {
  rules: [],
  numbers: [],
  connections: [],
  tunables: [],
  warnings: [],
} as const;

/**
 * Rules as ipvsadm reads them.
 *
 * @param text - The lines.
 * @param strict - Whether to know no comments.
 * @returns The rules, as often as they are asked for: a large file is not kept a second time, line by line.
 */
export function plainRules(text: string, strict = false): UnderstoodText {
  const rules: Iterable<RuleLine> = {
    [Symbol.iterator]: () => ruleLinesOf(text, strict)[Symbol.iterator](),
  };
  return { ...NOTHING, kind: 'ipvsadm', rules };
}
