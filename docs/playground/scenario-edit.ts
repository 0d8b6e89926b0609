/**
 * What stays of a scenario when the reader replaces its rules.
 */
import type { Change, Scenario } from './scenario.js';

/**
 * The changes that still make sense: all of them under the same rules, none under others, since a change
 * names services and servers of the rules it was made for.
 *
 * @param former - The scenario so far.
 * @param rules - The rules from now on.
 * @returns The changes to keep.
 */
export function keptChanges(
  former: Pick<Scenario, 'rules' | 'changes'> | undefined,
  rules: string,
): readonly Change[] {
  return former?.rules === rules ? former.changes : [];
}
