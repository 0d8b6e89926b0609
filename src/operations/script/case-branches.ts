/**
 * The branches of a `case`: which of them are for any argument, and which undo what the others do.
 */
import type { CaseNode, Node } from './nodes.js';
import type { Relevance } from './relevance.js';

/** Branches of a case that undo what others do. */
const UNDOING = /^(?:stop|off|down|del|delete|remove|disable|undo|clean|clear|flush)$/;

/** One branch. */
export type Branch = CaseNode['branches'][number];

/**
 * Whether a branch is for any argument.
 *
 * @param branch - The branch; `undefined` when no branch is chosen.
 */
export function isForAny(branch: Branch | undefined): boolean {
  return branch?.patterns.includes('*') !== false;
}

/**
 * Whether a branch answers to an argument, and does not only say which arguments there are.
 *
 * @param chosen - The branch; `undefined` when no branch is chosen.
 * @param branches - All branches.
 * @param relevance - Which of them matter.
 */
export function isAnswer(
  chosen: Branch | undefined,
  branches: readonly Branch[],
  relevance: Relevance,
): boolean {
  if (!isForAny(chosen)) return true;
  if (chosen !== undefined && relevance.firstCall(chosen.body) !== undefined) return true;
  return relevance.firstCall(branches.flatMap(({ body }) => body)) === undefined;
}

/**
 * A pattern without its quotes.
 *
 * @param pattern - The pattern as it is written.
 */
export function patternText(pattern: string): string {
  return pattern.replaceAll(/['"]/g, '');
}

/**
 * What the branches of a case do, without those that undo the others.
 *
 * @param branches - The branches.
 */
export function bodiesOf(branches: readonly Branch[]): Node[] {
  return branches
    .filter(({ patterns: [first = ''] }) => !UNDOING.test(patternText(first)))
    .flatMap(({ body }) => body);
}
