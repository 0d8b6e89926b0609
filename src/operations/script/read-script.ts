/**
 * Follows a shell script as far as its calls of ipvsadm go, and gives the rules they make.
 *
 * Followed are variables, lists, `for` over lists, `if` and `case` that can be decided without the machine,
 * functions, here-documents and `echo` for `ipvsadm -R`. Other commands are taken to succeed and to change
 * nothing. What cannot be known and matters is refused with its line.
 */
import type { RuleLine } from '../../ipvsadm/rule-line.js';
import type { TextWarning, TunableLine } from '../understood-text.js';
import { TextError } from '../text-error.js';
import { assign, declarationsOf } from './assigned-value.js';
import { opposite, type Truth, truthOf } from './conditions.js';
import { expandText, expandWords } from './expand.js';
import type {
  ChainNode,
  CommandNode,
  ForNode,
  IfNode,
  Node,
  CaseNode,
  PipelineNode,
} from './nodes.js';
import { parseScript } from './parse-script.js';
import { matchesPattern } from './patterns.js';
import { assignedIn, Relevance } from './relevance.js';
import { rulesOfInput } from './restored-rules.js';
import { runnerOf, toolCallOf, type ToolCall } from './tool-call.js';
import { tunablesOf } from './tunable-commands.js';
import { Unresolved, Variables } from './variables.js';

/** What a script does. */
export interface ScriptReading {
  /** The rules, in the order in which they are made. */
  readonly rules: readonly RuleLine[];
  /** The kernel's settings that it changes. */
  readonly tunables: readonly TunableLine[];
  /** What the reader may want to know. */
  readonly warnings: readonly TextWarning[];
}

/** Deeper calls are a recursion. */
const DEEPEST_CALL = 16;
/** What a script of an init system is asked to do. */
const DEFAULT_PARAMETERS: readonly string[] = ['start'];

/**
 * Reads a script.
 *
 * @param script - The script.
 * @param parameters - Its arguments; default `start`.
 * @returns What it does.
 * @throws {TextError} When a call of the tool depends on what cannot be known.
 */
export function readScript(
  script: string,
  parameters: readonly string[] = DEFAULT_PARAMETERS,
): ScriptReading {
  const walk = new Walk(parameters);
  walk.run(parseScript(script));
  const { rules, tunables, warnings } = walk;
  return { rules, tunables, warnings };
}

/** How a list of commands ended; `go` when nothing ended it early. */
type Flow = 'go' | 'exit' | 'return' | 'break' | 'continue';

class Walk implements ScriptReading {
  readonly rules: RuleLine[] = [];
  readonly tunables: TunableLine[] = [];
  readonly warnings: TextWarning[] = [];
  private readonly variables: Variables;
  private readonly functions = new Map<string, readonly Node[]>();
  private readonly relevance: Relevance;
  private depth = 0;
  private truth: Truth = true;

  constructor(parameters: readonly string[]) {
    this.variables = new Variables(parameters);
    this.relevance = new Relevance(this.functions, this.variables);
  }

  run(nodes: readonly Node[]): Flow {
    for (const node of nodes) {
      const flow = this.node(node);
      if (flow !== 'go') return flow;
    }
    return 'go';
  }

  private node(node: Node): Flow {
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
        this.functions.set(node.name, node.body);
        return 'go';
      case 'group':
        return this.run(node.body);
      default:
        this.passOver(
          node.body,
          node.line,
          node.word,
          'for loops over lists, where ipvsadm is called',
        );
        return 'go';
    }
  }

  private chain({ first, rest, line }: ChainNode): Flow {
    let flow = this.node(first);
    for (const { operator, node } of rest) {
      if (flow !== 'go') return flow;
      if (this.truth === 'unknown') {
        this.passOver([node], line, this.textOf(first), 'a condition that can be known');
        continue;
      }
      if (this.truth === (operator === '&&')) flow = this.node(node);
    }
    return flow;
  }

  private conditional({ branches, otherwise }: IfNode): Flow {
    for (const [index, { condition, body }] of branches.entries()) {
      const flow = this.run(condition);
      if (flow !== 'go') return flow;
      if (this.truth === true) return this.run(body);
      if (this.truth === false) continue;
      const [first] = condition;
      const left = [...branches.slice(index).flatMap((each) => each.body), ...otherwise];
      const what = first === undefined ? 'if' : this.textOf(first);
      this.passOver(left, first?.line ?? 1, what, 'a condition that can be known');
      return 'go';
    }
    return this.run(otherwise);
  }

  private choice({ subject, branches, line }: CaseNode): Flow {
    try {
      const text = expandText(subject, this.variables);
      const chosen = branches.find(({ patterns }) =>
        patterns.some((pattern) => matchesPattern(text, pattern.replaceAll(/['"]/g, ''))),
      );
      if (chosen === undefined && /\$\{?[1-9@*]/.test(subject)) {
        const known = branches.flatMap(({ patterns }) => patterns).join(', ');
        this.passOver(
          branchBodies(branches),
          line,
          text,
          `an argument of the script among ${known}`,
        );
      }
      return this.run(chosen?.body ?? []);
    } catch (error) {
      this.passOver(branchBodies(branches), line, subject, this.reasonOf(error));
      return 'go';
    }
  }

  private loop({ name, items, body, line }: ForNode): Flow {
    let values: readonly string[];
    try {
      values = items === undefined ? this.variables.parameters : expandWords(items, this.variables);
    } catch (error) {
      this.passOver(
        [{ kind: 'group', line, body }],
        line,
        (items ?? []).join(' '),
        this.reasonOf(error),
      );
      return 'go';
    }
    for (const value of values) {
      this.variables.set(name, value);
      const flow = this.run(body);
      if (flow === 'break') break;
      if (flow === 'exit' || flow === 'return') return flow;
    }
    return 'go';
  }

  private pipeline({ parts, negated, line }: PipelineNode): Flow {
    const last = parts.at(-1) as Node;
    const source = parts.at(-2);
    const call = last.kind === 'command' ? this.callOf(last) : undefined;
    if (parts.length > 1 && call !== undefined && restores(call)) {
      const rules = source === undefined ? undefined : rulesOfInput(source, this.variables);
      if (parts.length !== 2 || rules === undefined) {
        const found = this.textOf(source ?? last);
        throw new TextError({
          line,
          found,
          allowed: 'echo, printf or cat of a here-document in front of ipvsadm -R',
        });
      }
      this.rules.push(...rules);
      return 'go';
    }
    const flow = parts.length === 1 ? this.node(last) : this.piped(parts);
    if (negated) this.truth = opposite(this.truth);
    return flow;
  }

  /** Commands whose output goes on to others; the tool may be among them only to show something. */
  private piped(parts: readonly Node[]): Flow {
    for (const part of parts)
      if (part.kind !== 'command')
        this.passOver([part], part.line, this.textOf(part), 'commands that are not piped');
    const commands = parts.filter((part) => part.kind === 'command');
    for (const part of commands) this.command(part);
    if (parts.some((part) => this.isAsking(part))) this.truth = 'unknown';
    return 'go';
  }

  private isAsking(node: Node): boolean {
    return node.kind === 'command' && truthOf(this.relevance.plainWords(node)) === 'unknown';
  }

  private command(node: CommandNode): Flow {
    for (const each of node.assignments) assign(each, node.line, this.variables);
    if (node.words.length === 0) {
      this.truth = true;
      return 'go';
    }
    const words = this.wordsOf(node);
    if (words === undefined) return 'go';
    this.truth = truthOf(words);
    const call = toolCallOf(words);
    if (call !== undefined) this.call(call, node);
    else this.other(words, node);
    return call === undefined ? this.controlOf(words) : 'go';
  }

  /** The expanded words of a command; `undefined` when they cannot be known and do not matter. */
  private wordsOf(node: CommandNode): string[] | undefined {
    try {
      const [first = '', ...rest] = node.words;
      const [tool = ''] = this.relevance.plainWords(node);
      const isVariable = first !== tool && tool === 'ipvsadm';
      return [
        ...(isVariable ? [tool] : expandWords([first], this.variables)),
        ...expandWords(rest, this.variables),
      ];
    } catch (error) {
      if (this.relevance.firstCall([node]) !== undefined) this.refuse(node.line, error);
      this.forget([node], node.line);
      this.truth = truthOf(this.relevance.plainWords(node));
      if (typeof this.truth === 'boolean' && /^(?:\[|\[\[|test)$/.test(node.words[0] ?? ''))
        this.truth = 'unknown';
      return undefined;
    }
  }

  private other(words: readonly string[], node: CommandNode): void {
    const runner = runnerOf(words);
    if (runner !== undefined) {
      const allowed = 'ipvsadm called by the script itself';
      throw new TextError({ line: node.line, found: words.join(' '), allowed });
    }
    const [name = '', ...rest] = words;
    const body = this.functions.get(name);
    if (body !== undefined) this.invoke(body, rest, node);
    else if (/^(?:export|local|declare|readonly|typeset)$/.test(name))
      for (const each of declarationsOf(node)) assign(each, node.line, this.variables);
    else if (/^(?:read|let)$/.test(name)) this.forget([node], node.line);
    else if (name === 'shift') this.variables.shift(Number(rest[0] ?? 1));
    else this.tunables.push(...tunablesOf(words, node));
  }

  private invoke(
    body: readonly Node[],
    parameters: readonly string[],
    { line, words }: CommandNode,
  ): void {
    if (this.depth >= DEEPEST_CALL) {
      throw new TextError({
        line,
        found: words.join(' '),
        allowed: 'functions that do not call themselves',
      });
    }
    this.depth++;
    this.variables.within(parameters, () => this.run(body));
    this.depth--;
  }

  private call(call: ToolCall, node: CommandNode): void {
    if (call.program === 'ipvsadm-save') return;
    const [first = ''] = call.words;
    if (/^[–—−]/.test(first)) {
      throw new TextError({
        line: node.line,
        found: first,
        allowed: 'an option with a plain hyphen',
      });
    }
    if (!restores(call)) {
      if (isChange(call))
        this.rules.push({ line: node.line, text: call.words.join(' '), words: call.words });
      return;
    }
    const rules = rulesOfInput(node, this.variables);
    if (rules !== undefined) {
      this.rules.push(...rules);
      return;
    }
    const found =
      node.redirections.find(({ operator }) => operator === '<')?.target ?? this.textOf(node);
    throw new TextError({
      line: node.line,
      found,
      allowed: 'rules in a here-document for ipvsadm -R',
    });
  }

  private callOf(node: CommandNode): ToolCall | undefined {
    return toolCallOf(this.relevance.plainWords(node));
  }

  private controlOf(words: readonly string[]): Flow {
    const [name = ''] = words;
    const isControl = /^(?:exit|return|break|continue)$/.test(name);
    return isControl ? (name as Flow) : 'go';
  }

  /** Goes past commands of which it is unknown whether they run; refused when they call the tool. */
  private passOver(nodes: readonly Node[], line: number, found: string, allowed: string): void {
    if (this.relevance.firstCall(nodes) !== undefined)
      throw new TextError({ line, found, allowed });
    this.forget(nodes, line, found);
    this.truth = 'unknown';
  }

  private forget(nodes: readonly Node[], line: number, source?: string): void {
    for (const name of assignedIn(nodes)) {
      this.variables.set(name, { line, source: source ?? this.textOf(nodes[0]) });
    }
  }

  private refuse(line: number, error: unknown): never {
    if (!(error instanceof Unresolved)) throw error;
    throw new TextError({ line, found: error.found, allowed: error.allowed });
  }

  private reasonOf(error: unknown): string {
    if (!(error instanceof Unresolved)) throw error;
    return error.allowed;
  }

  private textOf(node: Node): string {
    if (node.kind === 'command') return node.words.join(' ') || (node.assignments[0]?.name ?? '');
    if (node.kind === 'pipeline') return node.parts.map((part) => this.textOf(part)).join(' | ');
    return node.kind === 'chain' ? this.textOf(node.first) : node.kind;
  }
}

function branchBodies(branches: CaseNode['branches']): Node[] {
  return branches.flatMap(({ body }) => body);
}

function restores({ program, words }: ToolCall): boolean {
  return program === 'ipvsadm-restore' || /^(?:-R|--restore)$/.test(words[0] ?? '');
}

/** Whether a call does more than show something. */
function isChange({ words }: ToolCall): boolean {
  return !/^(?:-[lLShv]|--(?:list|save|help|version)$)/.test(words[0] ?? '-L');
}
