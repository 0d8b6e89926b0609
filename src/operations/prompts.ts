/**
 * Commands that were copied from a terminal, with what the shell prints in front of them.
 */

/** A prompt that names a user or a host, or a bare `$`; a bare `#` begins a comment. */
const PROMPT = /^[ \t]*(?:\[[^\]\n]*\] ?[#$%] ?|[\w.-]+@[\w.-]+[^#$\n]{0,60}[#$] |\$ )/;

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
