/**
 * The complaint about a rule file: what is wrong, and where.
 */

/** A line of rules that cannot be understood or contradicts an earlier one. */
export class RulesError extends RangeError {
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;

  /**
   * @param line - The line, from 1.
   * @param column - The column, from 1.
   * @param message - What is wrong.
   */
  constructor(line: number, column: number, message: string) {
    super(`line ${line}, column ${column}: ${message}`);
    this.name = 'RulesError';
    this.line = line;
    this.column = column;
  }
}
