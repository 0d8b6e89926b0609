/**
 * What `read` reads at a place of a script: a here-document, or what `echo` and `printf` write.
 */
import { assign } from './assigned-value.js';
import type { CommandNode, Redirection } from './nodes.js';
import { inputText, type PrintedText } from './printed-text.js';
import { InputLines, readLine } from './read-command.js';
import { Unresolved, type Variables } from './variables.js';

/** The input of the commands that are followed. */
export class ScriptInput {
  private readonly variables: Variables;
  /** `undefined` when it is not in the script. */
  private lines: InputLines | undefined;

  /** @param variables - The variables of the script. */
  constructor(variables: Variables) {
    this.variables = variables;
  }

  /**
   * Runs commands whose input redirections may change.
   *
   * @param redirections - The redirections.
   * @param line - The number of their line.
   * @param action - Runs the commands.
   * @returns What it returned.
   */
  within<T>(redirections: readonly Redirection[], line: number, action: () => T): T {
    if (!redirections.some(({ operator }) => operator.startsWith('<'))) return action();
    return this.reading(
      knownText(() => inputText(redirections, line, this.variables)),
      action,
    );
  }

  /**
   * Runs commands that read a text.
   *
   * @param printed - The text; `undefined` when it is not in the script.
   * @param action - Runs the commands.
   * @returns What it returned.
   */
  reading<T>(printed: PrintedText | undefined, action: () => T): T {
    const { lines } = this;
    this.lines = printed && new InputLines(printed.text);
    try {
      return action();
    } finally {
      this.lines = lines;
    }
  }

  /**
   * Does what `read` says.
   *
   * @param words - Its words, expanded.
   * @param node - The command.
   * @returns Whether it succeeds; `undefined` when what it reads is not known.
   */
  read(
    words: readonly string[],
    { assignments, redirections, line }: CommandNode,
  ): boolean | undefined {
    return this.within(redirections, line, () => {
      const { lines, variables } = this;
      if (lines === undefined) return undefined;
      const separators = variables.within(variables.parameters, () => {
        variables.keep('IFS');
        for (const each of assignments) if (each.name === 'IFS') assign(each, line, variables);
        return variables.separators;
      });
      return readLine(words, separators, lines, variables);
    });
  }
}

/**
 * A text of a script, if all of it is known.
 *
 * @param action - Gives the text.
 * @returns The text; `undefined` when there is none, or a value in it is unknown.
 */
export function knownText(action: () => PrintedText | undefined): PrintedText | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof Unresolved) return undefined;
    throw error;
  }
}
