/**
 * Finds the call of ipvsadm in the words of a command, behind what only says how it is run.
 */

/** How the tool is called. */
export interface ToolCall {
  /** Which of the tool's programs. */
  readonly program: 'ipvsadm' | 'ipvsadm-save' | 'ipvsadm-restore';
  /** The words behind its name. */
  readonly words: readonly string[];
}

/** What stands between a program that runs the rest of its words and that rest. */
interface Wrapper {
  /** Its own options and assignments. */
  readonly options: RegExp;
  /** Those options that take the next word. */
  readonly withValue?: RegExp;
  /** How many words follow them. */
  readonly operands?: number;
}

const PROGRAM = /^(?:.*\/)?(ipvsadm(?:-save|-restore)?)$/;
const NOTHING: Wrapper = { options: /^$/ };
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: { options: /^(?:-.*|\w+=.*)$/, withValue: /^-[ughp]$/ },
  doas: { options: /^-n$/ },
  exec: NOTHING,
  command: NOTHING,
  nohup: NOTHING,
  time: { options: /^-p$/ },
  env: { options: /^(?:\w+=.*|-i)$/ },
  nice: { options: /^-/, withValue: /^-n$/ },
  timeout: { options: /^-/, withValue: /^-[ks]$/, operands: 1 },
  action: { options: /^$/, operands: 1 },
};
/** Programs that run their words elsewhere, or read them as a script of their own. */
const RUNNERS: ReadonlySet<string> = new Set([
  'eval', 'xargs', 'ssh', 'sh', 'bash', 'su', 'find', 'parallel', 'nsenter', 'docker', 'kubectl', 'chroot',
  'ansible', 'pssh', 'daemon', 'setsid', 'ip',
]); // prettier-ignore
const COMMAND_OF_TOOL =
  /ipvsadm['"]?\s+(?:\S+\s+)*(?:-[AEDaedCRZ]|--(?:add|edit|delete|clear|restore|set|zero))|sysctl\s+(?:-\w+\s+)*net[./]ipv4[./]vs[./]\w+=/;

/**
 * Finds the call of the tool.
 *
 * @param words - The words of a command, expanded.
 * @returns The call; `undefined` when it is another command.
 */
export function toolCallOf(words: readonly string[]): ToolCall | undefined {
  for (let at = 0; at < words.length;) {
    const word = words[at];
    const program = PROGRAM.exec(word)?.[1] as ToolCall['program'] | undefined;
    if (program !== undefined) return { program, words: words.slice(at + 1) };
    const wrapper = Object.hasOwn(WRAPPERS, word) ? WRAPPERS[word] : undefined;
    if (wrapper === undefined) return undefined;
    at = afterOptions(words, at + 1, wrapper);
  }
  return undefined;
}

function afterOptions(words: readonly string[], from: number, wrapper: Wrapper): number {
  const { options, withValue, operands = 0 } = wrapper;
  let at = from;
  for (let word = words[at]; word !== undefined && options.test(word); word = words[at]) {
    at += withValue?.test(word) === true ? 2 : 1;
  }
  return at + operands;
}

/**
 * The program that runs the tool in a place that is not followed, such as another host.
 *
 * @param words - The words of a command, as they are written or expanded.
 * @returns Its name; `undefined` when there is none.
 */
export function runnerOf(words: readonly string[]): string | undefined {
  const first = words.find((word) => !Object.hasOwn(WRAPPERS, word)) ?? '';
  const name = first.replace(/^.*\//, '');
  return RUNNERS.has(name) && COMMAND_OF_TOOL.test(words.join(' ')) ? name : undefined;
}

/**
 * Whether a call restores rules from its input.
 *
 * @param call - The call.
 */
export function restores({ program, words }: ToolCall): boolean {
  return program === 'ipvsadm-restore' || /^(?:-R|--restore)$/.test(words[0] ?? '');
}

/**
 * Whether a call does more than show something.
 *
 * @param call - The call.
 */
export function isChange({ words }: ToolCall): boolean {
  return !/^(?:-[lLShv]|--(?:list|save|help|version)$)/.test(words[0] ?? '-L');
}
