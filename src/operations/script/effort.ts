/**
 * How much of a script is followed: loops and functions may repeat commands without an end.
 *
 * Commands outside of loops and functions cost nothing, so that a script may be as long as it is written.
 */

/** So many characters of repeated commands are read at most: those of 65,536 usual calls of ipvsadm. */
const MOST = 2 ** 23;
/** What a command costs besides its characters. */
const COMMAND = 64;

/** Ends the reading of a script. */
export class EndOfReading extends Error {}

/** Counts what loops and functions repeat. */
export class Effort {
  private spent = 0;
  private depth = 0;

  /**
   * Repeats commands.
   *
   * @param action - Runs them.
   * @returns What it returned.
   */
  repeating<T>(action: () => T): T {
    this.depth++;
    try {
      return action();
    } finally {
      this.depth--;
    }
  }

  /**
   * Counts one command.
   *
   * @param words - Its words, expanded.
   * @returns Whether it may still be followed.
   */
  allows(words: readonly string[]): boolean {
    if (this.depth === 0) return true;
    this.spent += COMMAND;
    for (const word of words) this.spent += word.length + 1;
    return this.spent <= MOST;
  }
}
