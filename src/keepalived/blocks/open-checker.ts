/**
 * A keyword that works on the checker whose block is open.
 */
import type { Keyword, Statement } from '../language/block-reader.js';
import type { CheckerDraft } from './drafts.js';
import type { ParseState } from './parse-state.js';

/**
 * Makes a keyword of what it does to the open checker.
 *
 * @param run - What it does.
 * @param needsWord - Whether it is nothing without a word after it.
 * @returns The keyword.
 */
export function onChecker(
  run: (checker: CheckerDraft, state: ParseState, statement: Statement) => void,
  needsWord = false,
): Keyword<ParseState> {
  return {
    needsWord,
    run: (state, statement): void => {
      if (state.checker !== undefined) run(state.checker, state, statement);
    },
  };
}

/**
 * Makes a keyword of what it does to the open checker, unless a fault has removed that already: then its
 * statement is not looked at.
 *
 * @param run - What it does.
 * @returns The keyword.
 */
export function onKept(
  run: (checker: CheckerDraft, state: ParseState, statement: Statement) => void,
): Keyword<ParseState> {
  return onChecker((checker, state, statement) => {
    if (!checker.removed) run(checker, state, statement);
  });
}
