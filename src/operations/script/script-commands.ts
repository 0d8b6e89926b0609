/**
 * The commands of a script, for those who look at more than its calls of ipvsadm.
 *
 * This is a reading, not a run: both branches of a condition count, the branch `stop)` does not, a function that is
 * never called is read once, and a command whose words are not known is left out. The tree and its expansion are those
 * of the reader that follows scripts.
 */
import { withoutPrompts } from '../prompts.js';
import { TextError } from '../text-error.js';
import { assign, declarationsOf } from './assigned-value.js';
import { expandDocument, expandWords } from './expand.js';
import type {
  CaseNode,
  ChainNode,
  CommandNode,
  ForNode,
  IfNode,
  Node,
  PipelineNode,
} from './nodes.js';
import { parseScript } from './parse-script.js';
import { rulesOfInput } from './restored-rules.js';
import { type ToolCall, toolCallOf } from './tool-call.js';
import { Unresolved, Variables } from './variables.js';

/** A command with its words filled in. */
export interface ScriptCommand {
  /** The command in one line, quotes removed. */
  readonly text: string;
  /** The number of its line, from 1. */
  readonly line: number;
}

/** A script may not make the reader go on for ever: lists in lists are filled in up to so many commands. */
const MOST_COMMANDS = 200_000;
const DEEPEST_CALL = 16;
/** What stands in front of a command and does not change what it does. */
const PREFIXES: ReadonlySet<string> = new Set(['sudo', 'doas', 'exec', 'command', 'nohup', 'time']);
/** Programs that read settings or rules from their input. */
const READERS = /^(?:tee|nft|sysctl|ip6?tables-restore)$/;

/**
 * Reads a script.
 *
 * @param script - The script.
 * @returns Its commands, in the order in which they run, and the lines of what it writes into files.
 * @throws {TextError} When it is no script.
 */
export function scriptCommands(script: string): ScriptCommand[] {
  const reader = new CommandReader();
  reader.read(parseScript(withoutPrompts(script)));
  reader.readUncalled();
  return reader.commands;
}

class CommandReader {
  readonly commands: ScriptCommand[] = [];
  private readonly variables = new Variables([]);
  private readonly functions = new Map<string, readonly Node[]>();
  private readonly called = new Set<string>();
  private depth = 0;

  read(nodes: readonly Node[]): void {
    for (const node of nodes) if (this.commands.length < MOST_COMMANDS) this.node(node);
  }

  readUncalled(): void {
    for (const [name, body] of this.functions) if (!this.called.has(name)) this.read(body);
  }

  private node(node: Node): void {
    switch (node.kind) {
      case 'command':
        return this.command(node);
      case 'pipeline':
        return this.pipeline(node);
      case 'chain':
        return this.chain(node);
      case 'if':
        return this.conditional(node);
      case 'case':
        return this.choice(node);
      case 'for':
        return this.loop(node);
      case 'function':
        return void this.functions.set(node.name, node.body);
      default:
        return this.read(node.body);
    }
  }

  private chain({ first, rest }: ChainNode): void {
    this.read([first, ...rest.map((each) => each.node)]);
  }

  private conditional({ branches, otherwise }: IfNode): void {
    for (const { condition, body } of branches) this.read([...condition, ...body]);
    this.read(otherwise);
  }

  /** All branches but the one that undoes the others. */
  private choice({ branches }: CaseNode): void {
    for (const { patterns, body } of branches) {
      if (patterns[0]?.replaceAll(/['"]/g, '') !== 'stop') this.read(body);
    }
  }

  private loop({ name, items, body, line }: ForNode): void {
    const values = this.attempt(() => expandWords(items ?? [], this.variables));
    if (values === undefined) {
      this.variables.set(name, { line, source: name });
      this.read(body);
    }
    for (const value of values ?? []) {
      this.variables.set(name, value);
      this.read(body);
    }
  }

  private pipeline({ parts }: PipelineNode): void {
    const [last, source] = [parts.at(-1), parts.at(-2)];
    const call = last?.kind === 'command' ? this.callOf(last) : undefined;
    if (source === undefined || call === undefined || !restores(call)) return this.read(parts);
    this.rules(source);
  }

  private command(node: CommandNode): void {
    for (const each of node.assignments) assign(each, node.line, this.variables);
    const expanded = this.attempt(() => expandWords(node.words, this.variables));
    if (expanded === undefined || expanded.length === 0) return;
    const call = toolCallOf(expanded);
    if (call !== undefined) return this.call(call, node);
    const words = expanded.slice(expanded.findIndex((word) => !PREFIXES.has(word)));
    const [name = '', ...rest] = words;
    const body = this.functions.get(name);
    if (body !== undefined) this.invoke(name, body, rest);
    else if (/^(?:export|local|declare|readonly|typeset)$/.test(name))
      for (const each of declarationsOf(node)) assign(each, node.line, this.variables);
    else this.other(words, node);
  }

  private call(call: ToolCall, node: CommandNode): void {
    if (restores(call)) this.rules(node);
    else if (call.program === 'ipvsadm') this.add(`ipvsadm ${call.words.join(' ')}`, node.line);
  }

  private rules(source: Node): void {
    const rules = this.attempt(() => rulesOfInput(source, this.variables)) ?? [];
    for (const { text, line } of rules) this.add(`ipvsadm ${text}`, line);
  }

  private invoke(name: string, body: readonly Node[], parameters: readonly string[]): void {
    this.called.add(name);
    if (this.depth >= DEEPEST_CALL) return;
    this.depth++;
    this.variables.within(parameters, () => this.read(body));
    this.depth--;
  }

  private other(words: readonly string[], node: CommandNode): void {
    const target = node.redirections.find(({ operator }) => /^\d?>>?\|?$/.test(operator))?.target;
    const file = target?.replaceAll(/['"]/g, '');
    const isWritten = file !== undefined && !file.startsWith('/dev/');
    const [name = '', ...rest] = words;
    if (isWritten && /^(?:echo|printf)$/.test(name) && !file.startsWith('/proc/')) {
      this.lines(rest.filter((word) => !/^-[neE]+$/.test(word)).join(' '), node.line);
      return;
    }
    this.add(isWritten ? `${words.join(' ')} > ${file}` : words.join(' '), node.line);
    if (isWritten || READERS.test(name.replace(/^.*\//, ''))) this.documents(node);
  }

  /** The lines of here-documents, which become a file or the input of a program. */
  private documents({ redirections }: CommandNode): void {
    for (const { document } of redirections) {
      if (document === undefined) continue;
      const { text, line, literal } = document;
      const expanded = this.attempt(() => (literal ? text : expandDocument(text, this.variables)));
      this.lines(expanded ?? '', line);
    }
  }

  private lines(text: string, first: number): void {
    for (const [at, line] of text.split('\n').entries()) this.add(line, first + at);
  }

  private add(text: string, line: number): void {
    const trimmed = text.trim();
    if (trimmed !== '') this.commands.push({ text: trimmed, line });
  }

  private callOf({ words }: CommandNode): ToolCall | undefined {
    return toolCallOf(this.attempt(() => expandWords(words, this.variables)) ?? []);
  }

  /** What cannot be known is left out. */
  private attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (error instanceof Unresolved || error instanceof TextError) return undefined;
      throw error;
    }
  }
}

function restores({ program, words }: ToolCall): boolean {
  return program === 'ipvsadm-restore' || /^(?:-R|--restore)$/.test(words[0] ?? '');
}
