/**
 * Keywords of a block that may have been refused: without an open service or server they do nothing.
 */
import type { Keyword, Statement } from '../language/block-reader.js';
import type { ParseState } from './parse-state.js';

/** Makes a keyword of what it does to the open block. */
export type KeywordMaker<Draft> = (
  run: (draft: Draft, state: ParseState, statement: Statement) => void,
  needsWord?: boolean,
) => Keyword<ParseState>;

/**
 * Makes the maker of a block's keywords.
 *
 * @param openOf - Finds the open block; `undefined` when it was refused.
 * @returns The maker.
 */
export function keywordsOf<Draft>(
  openOf: (state: ParseState) => Draft | undefined,
): KeywordMaker<Draft> {
  return (run, needsWord = false) => ({
    needsWord,
    run: (state, statement): void => {
      const draft = openOf(state);
      if (draft !== undefined) run(draft, state, statement);
    },
  });
}
