/**
 * Where a command writes its results and messages.
 */

/** A place to write text to. */
export interface Sink {
  /** Whether a person is watching. */
  readonly isTerminal: boolean;
  /** How many characters fit on a line. */
  readonly columns: number;
  /**
   * Writes text. Waits for a slow reader.
   *
   * @param text - Any text; line ends are the caller's.
   * @throws {OutputError} When it cannot be written.
   */
  write(text: string): void;
  /**
   * Writes what was gathered.
   *
   * @throws {OutputError} When it cannot be written.
   */
  flush(): void;
}
