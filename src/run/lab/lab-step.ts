/**
 * One step of the laboratory: what is typed, and what has to be seen.
 */

/** A command and where it is typed. */
export interface LabCommand {
  /** `director`, a client or a server. */
  readonly at: string;
  /** The command, for a shell. */
  readonly type: string;
}

/** One step. */
export interface LabStep {
  /** What it shows, in a few words. */
  readonly title: string;
  /** Why it is so. */
  readonly why: string;
  /** What is typed, one after the other. */
  readonly commands: readonly LabCommand[];
  /** What has to be seen, in words. */
  readonly expected: string;
  /**
   * Whether that was seen.
   *
   * @param output - What the last command wrote.
   * @returns `true` when it was.
   */
  isRight(output: string): boolean;
  /** Whether the commands are typed again until it is right, for up to 20 seconds. */
  readonly repeats?: boolean;
}

/**
 * How often each word is in an output.
 *
 * @param output - Lines of one word.
 * @returns The numbers by word.
 */
export function countWords(output: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of output.split('\n').filter((each) => each !== '')) {
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

/**
 * Whether words come in turns: all of them in every round.
 *
 * @param output - Lines of one word.
 * @param words - How many different words there are.
 * @returns `true` when each word is where it was in the round before.
 */
export function alternates(output: string, words: number): boolean {
  const lines = output.split('\n').filter((each) => each !== '');
  return (
    new Set(lines).size === words &&
    lines.every((line, index) => index < words || line === lines[index - words])
  );
}
