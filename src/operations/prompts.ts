/**
 * Commands that were copied from a terminal, with what the shell prints in front of them.
 */

/**
 * A prompt that names a user or a host, a bare `$`, or a host, shell or folder in front of the tool; a bare `#`
 * begins a comment.
 */
const PROMPT =
  /^[ \t]*(?:\[[^\]\n]*\] ?[#$%] ?|[\w.-]+@[\w.-]+[^#$\n]{0,60}[#$] |\$ |[\w.:~/-]*(?:[/~] |\w)[#$] (?=\S* ?\S*ipvsadm))/;
/** A rule, or a command that changes rules. */
const CHANGE = /^[ \t]*-[ACDEade]\b/;
const TOOL = /^(?:sudo )?\S*ipvsadm /;

/**
 * Whether a line is a command behind a prompt.
 *
 * @param line - The line.
 */
export function hasPrompt(line: string): boolean {
  return PROMPT.test(line);
}

/**
 * Drops the prompts, and the output between them, of commands that were copied from a terminal.
 *
 * @param text - The text.
 * @returns The commands, each in the line where it was; the text itself when it has no prompts.
 */
export function withoutPrompts(text: string): string {
  const lines = text.split('\n');
  if (!lines.some((line) => PROMPT.test(line))) return text;
  let goesOn = false;
  return lines
    .map((line) => {
      const command = PROMPT.test(line) ? line.replace(PROMPT, '') : undefined;
      const kept = command ?? (goesOn ? line : '');
      goesOn = kept.endsWith('\\');
      return kept;
    })
    .join('\n');
}

/**
 * Takes the rules that a command printed on a terminal, such as `ipvsadm -S`, and the commands behind them that change
 * them. What comes before is part of what was printed.
 *
 * @param text - The text.
 * @returns The rules, each in the line where it was; `undefined` when no command printed rules.
 */
export function printedRules(text: string): string | undefined {
  const lines = text.split('\n');
  let first = 0;
  for (const [at, line] of lines.entries()) {
    // A command that goes on, or takes what follows as its input, prints nothing.
    const command = lines[at - 1] ?? '';
    if (CHANGE.test(line) && PROMPT.test(command) && !/\\$|</.test(command)) first = at;
  }
  if (first === 0) return undefined;
  return lines
    .map((line, at) => (at < first ? '' : line.replace(PROMPT, '').replace(TOOL, '')))
    .map((command) => (CHANGE.test(command) ? command : ''))
    .join('\n');
}
