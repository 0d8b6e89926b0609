/**
 * A plan: commands that change the machine, each with the command that takes its change back.
 *
 * A plan is data, so that it can be shown, run, and taken back by another process than the one that ran it.
 */

/** One command of a plan. */
export interface Step {
  /** The program and its arguments. */
  readonly run: readonly string[];
  /** What the program reads from its standard input. */
  readonly input?: string;
  /** Takes the change back; absent when another step's does, or when nothing remains. */
  readonly undo?: readonly string[];
  /** Whether it may fail, because its change may be there already. */
  readonly mayFail?: boolean;
}

/**
 * Makes a step from words.
 *
 * @param run - The command, its words divided by blanks.
 * @param undo - The command that takes it back.
 * @returns The step.
 */
export function step(run: string, undo?: string): Step {
  return { run: run.split(' '), ...(undo !== undefined && { undo: undo.split(' ') }) };
}

/**
 * A step that another one takes back, or the end of what it changes.
 *
 * @param inner - The step.
 * @returns The step without the command that takes it back.
 */
export function withoutUndo({ run, input, mayFail = false }: Step): Step {
  return { run, ...(input !== undefined && { input }), mayFail };
}

/**
 * Moves a step into a network namespace.
 *
 * @param namespace - Its name.
 * @param inner - The step.
 * @returns The step that does the same there; taking it back is left to the deletion of the namespace.
 */
export function inNamespace(namespace: string, inner: Step): Step {
  const moved = withoutUndo(inner);
  return { ...moved, run: ['ip', 'netns', 'exec', namespace, ...moved.run] };
}

/**
 * A plan as a shell script.
 *
 * @param steps - The plan.
 * @returns One line per command; what a command reads follows it as a here-document.
 */
export function scriptOf(steps: readonly Step[]): string {
  return steps.map(({ run, input }) => lineOf(run, input)).join('');
}

/**
 * A plan as a shell script that stops at the first command that fails and may not.
 *
 * @param steps - The plan.
 * @returns The script; before it stops it writes `step N`, counted from 0, as the last line of its errors.
 */
export function strictScriptOf(steps: readonly Step[]): string {
  return steps
    .map(({ run, input, mayFail = false }, index) =>
      lineOf(run, input, mayFail ? ' || :' : ` || { echo step ${index} >&2; exit 1; }`),
    )
    .join('');
}

/**
 * Commands as a shell script in which each of them may fail.
 *
 * @param commands - The commands.
 * @returns The script.
 */
export function lenientScriptOf(commands: readonly (readonly string[])[]): string {
  return commands.map((words) => lineOf(words, undefined, ' || :')).join('');
}

/**
 * The commands that take a plan back, as a shell script.
 *
 * @param steps - The plan.
 * @returns One line per command, the last change first.
 */
export function undoScriptOf(steps: readonly Step[]): string {
  return undoOf(steps)
    .map((words) => lineOf(words))
    .join('');
}

/**
 * The commands that take a plan back.
 *
 * @param steps - The plan.
 * @returns The commands, the last change first.
 */
export function undoOf(steps: readonly Step[]): (readonly string[])[] {
  return steps.flatMap(({ undo }) => (undo === undefined ? [] : [undo])).toReversed();
}

function lineOf(words: readonly string[], input?: string, rest = ''): string {
  const line = words.map(quoted).join(' ');
  return input === undefined ? `${line}${rest}\n` : `${line} <<'END'${rest}\n${input}END\n`;
}

function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
