/**
 * What a linter says: findings, each with a place and a severity.
 */

/** How much a finding matters; the names are those of SARIF's levels. */
export type LintSeverity = 'error' | 'warning' | 'note';

/** All values of {@link LintSeverity}, the gravest first. */
export const LINT_SEVERITIES: readonly LintSeverity[] = ['error', 'warning', 'note'];

/** A place in an input. */
export interface LintPlace {
  /** The input's name. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** The column of the first character, from 1. */
  readonly column: number;
}

/** One finding. */
export interface LintFinding {
  /** The rule's stable code, such as `LVS101`. */
  readonly code: string;
  /** The rule's name, such as `direct-routing-port`. */
  readonly name: string;
  /** How much it matters. */
  readonly severity: LintSeverity;
  /** What is wrong here, as one sentence without its stop. */
  readonly message: string;
  /** Where. */
  readonly place: LintPlace;
}

/**
 * Whether a severity reaches a limit.
 *
 * @param severity - The severity of a finding.
 * @param limit - The least severity that counts.
 * @returns `true` when the severity is the limit or graver.
 */
export function reaches(severity: LintSeverity, limit: LintSeverity): boolean {
  return LINT_SEVERITIES.indexOf(severity) <= LINT_SEVERITIES.indexOf(limit);
}
