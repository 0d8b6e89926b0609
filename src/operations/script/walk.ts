/**
 * Walks a shell script as far as its calls of ipvsadm go: the one reading of scripts, for those who need its rules and
 * for those who look at its other commands, too.
 *
 * Followed are variables, lists, `for` over lists, `while` over texts of the script and counters, `if` and `case` that
 * can be decided without the machine, functions, here-documents and `echo` for `ipvsadm -R`. Other commands are taken to
 * succeed and to change nothing. What cannot be known and matters is refused with its line.
 */
import { matchesPattern } from '../../glob-pattern.js';
import { TextError } from '../text-error.js';
import type { RuleLine } from '../../ipvsadm/numbered-lines.js';
import { assign } from './assigned-value.js';
import { runBuiltin } from './builtins.js';
import { type Branch, bodiesOf, isAnswer, isForAny, patternText } from './case-branches.js';
import { opposite, type Truth, truthOf } from './conditions.js';
import { Effort, EndOfReading } from './effort.js';
import { expandText, expandWords } from './expand.js';
import type {
  ChainNode,
  CommandNode,
  ForNode,
  IfNode,
  Node,
  CaseNode,
  PipelineNode,
  WhileNode,
} from './nodes.js';
import { textOf } from './node-text.js';
import { parseScript } from './parse-script.js';
import { inputText, outputText, type PrintedText } from './printed-text.js';
import { assignedIn, changesByItself, Relevance } from './relevance.js';
import { rulesOfText } from './restored-rules.js';
import { knownText, ScriptInput } from './script-input.js';
import type { ScriptVisitor } from './script-visitor.js';
import { isChange, restores, runnerOf, toolCallOf, type ToolCall } from './tool-call.js';
import { unresolved, Variables } from './variables.js';

/** Deeper calls are a recursion. */
const DEEPEST_CALL = 16;
/** What a script of an init system is asked to do. */
const DEFAULT_PARAMETERS: readonly string[] = ['start'];
/** So many rounds of `while` are followed at most. */
const MOST_ROUNDS = 10_000;

const LOOPS =
  'for loops over lists, and while loops over a here-document or a counter, where ipvsadm is called';

/** How a list of commands ended; `go` when nothing ended it early. */
type Flow = 'go' | 'exit' | 'return' | 'break' | 'continue';

/** One walk through a script. */
export class ScriptWalk {
  private readonly visitor: ScriptVisitor;
  private readonly variables: Variables;
  private readonly functions = new Map<string, readonly Node[]>();
  private readonly relevance: Relevance;
  private readonly effort = new Effort();
  private readonly input: ScriptInput;
  private depth = 0;
  /** How many loops around the present one a `break` or `continue` ends. */
  private outerLoops = 0;
  private truth: Truth = true;

  /**
   * @param visitor - What is done with what is found.
   * @param parameters - The arguments of the script; default `start`.
   */
  constructor(visitor: ScriptVisitor, parameters: readonly string[] = DEFAULT_PARAMETERS) {
    this.visitor = visitor;
    this.variables = new Variables(parameters);
    this.input = new ScriptInput(this.variables);
    this.relevance = new Relevance(this.functions, this.variables);
  }

  /**
   * Walks through commands.
   *
   * @param nodes - The commands.
   * @returns How they ended.
   * @throws {EndOfReading} When loops and functions repeat more than is read, once that is refused.
   */
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
        if (node.redirections !== undefined)
          return this.input.within(node.redirections, node.line, () => this.run(node.body));
        if (node.isSubshell !== true) return this.run(node.body);
        this.variables.apart(() => {
          if (this.run(node.body) === 'exit') this.truth = 'unknown';
        });
        return 'go';
      case 'while':
        return this.rounds(node);
      default:
        this.passOver(node.body, node.line, node.word, LOOPS);
        return 'go';
    }
  }

  private chain({ first, rest, line }: ChainNode): Flow {
    let flow = this.node(first);
    for (const { operator, node } of rest) {
      if (flow !== 'go') return flow;
      if (this.truth === 'unknown') {
        this.passOver([node], line, textOf(first), 'a condition that can be known');
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
      const what = first === undefined ? 'if' : textOf(first);
      this.passOver(left, first?.line ?? 1, what, 'a condition that can be known');
      return 'go';
    }
    return this.run(otherwise);
  }

  private choice({ subject, branches, line }: CaseNode): Flow {
    try {
      const text = expandText(subject, this.variables);
      const chosen = branches.find(({ patterns }) =>
        patterns.some((pattern) => matchesPattern(patternText(pattern), text)),
      );
      if (!/\$\{?[1-9@*]/.test(subject)) return this.run(chosen?.body ?? []);
      if (isAnswer(chosen, branches, this.relevance)) return this.answer(chosen, branches);
      const known = branches.flatMap(({ patterns }) => patterns).join(', ');
      const allowed = `an argument of the script among ${known}`;
      this.passOver(bodiesOf(branches), line, text, allowed);
    } catch (error) {
      this.passOver(bodiesOf(branches), line, subject, unresolved(error).allowed);
    }
    return 'go';
  }

  /** Runs the branch of an argument; the other ones are visited before it when it is for any argument. */
  private answer(chosen: Branch | undefined, branches: readonly Branch[]): Flow {
    if (this.visitor.visitsUnknown && isForAny(chosen)) {
      const others = branches.filter((branch) => branch !== chosen);
      for (const node of bodiesOf(others)) this.node(node);
    }
    return this.run(chosen?.body ?? []);
  }

  private loop(node: ForNode): Flow {
    const { name, items = [], written = items.join(' '), body, line } = node;
    let values: readonly string[];
    try {
      const hasList = node.items !== undefined;
      values = hasList ? expandWords(items, this.variables) : this.variables.parameters;
    } catch (error) {
      const { allowed } = unresolved(error);
      this.passOver([{ kind: 'group', line, body }], line, written, allowed);
      return 'go';
    }
    this.spend(values, node);
    for (const value of values) {
      this.variables.set(name, value);
      const end = this.endOf(this.effort.repeating(() => this.run(body)));
      if (end !== undefined) return end;
    }
    const value = node.counter?.[values.length > 0 ? 1 : 0];
    if (value !== undefined) assign({ name, value, appends: false }, line, this.variables);
    return 'go';
  }

  /** How a loop ends with one of its rounds; `undefined` when it goes on. */
  private endOf(flow: Flow): Flow | undefined {
    if (flow === 'go') return undefined;
    if (flow === 'exit' || flow === 'return' || this.outerLoops-- > 0) return flow;
    return flow === 'break' ? 'go' : undefined;
  }

  /** Follows `while` and `until` as long as their condition is known. */
  private rounds({ word, line, condition, body }: WhileNode): Flow {
    for (let round = 0; changesByItself(condition) && round < MOST_ROUNDS; round++) {
      const asked = this.effort.repeating(() => this.run(condition));
      if (asked !== 'go') return asked;
      if (this.truth === 'unknown') break;
      const isDone = this.truth === (word === 'until');
      this.truth = true;
      if (isDone) return 'go';
      const end = this.endOf(this.effort.repeating(() => this.run(body)));
      if (end !== undefined) return end;
    }
    this.passOver([...condition, ...body], line, word, LOOPS);
    return 'go';
  }

  private pipeline({ parts, negated, line }: PipelineNode): Flow {
    const last = parts.at(-1) as Node;
    const source = parts.at(-2);
    const call = last.kind === 'command' ? toolCallOf(this.relevance.plainWords(last)) : undefined;
    if (parts.length > 1 && call !== undefined && restores(call)) {
      const { variables } = this;
      const isPair = parts.length === 2 && source !== undefined;
      const rules = isPair ? this.rulesFrom(line, () => outputText(source, variables)) : undefined;
      const allowed = 'echo, printf or cat of a here-document in front of ipvsadm -R';
      if (rules === undefined) this.refuse(line, textOf(source ?? last), allowed);
      else this.visitor.rules(rules);
      return 'go';
    }
    if (parts.length === 2 && last.kind === 'while' && source !== undefined) {
      const printed = knownText(() => outputText(source, this.variables));
      if (printed !== undefined) {
        this.variables.apart(() => this.input.reading(printed, () => this.run([last])));
        return 'go';
      }
    }
    const flow = parts.length === 1 ? this.node(last) : this.piped(parts);
    if (negated) this.truth = opposite(this.truth);
    return flow;
  }

  /** Commands whose output goes on to others; the tool may be among them only to show something. */
  private piped(parts: readonly Node[]): Flow {
    for (const part of parts)
      if (part.kind !== 'command')
        this.passOver([part], part.line, textOf(part), 'commands that are not piped');
    const commands = parts.filter((part) => part.kind === 'command');
    this.input.reading(undefined, () => this.run(commands));
    if (commands.some((part) => truthOf(this.relevance.plainWords(part)) === 'unknown'))
      this.truth = 'unknown';
    return 'go';
  }

  private command(node: CommandNode): Flow {
    this.variables.succeeded = this.truth === true;
    if (node.words.length === 0) {
      this.assignAll(node);
      this.spend([], node);
      this.truth = true;
      return 'go';
    }
    const words = this.wordsOf(node);
    this.spend(words ?? [], node);
    if (words === undefined) return this.controlOf(node.words);
    this.truth = truthOf(words);
    const call = toolCallOf(words);
    if (call === undefined) return this.other(words, node);
    this.call(call, node);
    return 'go';
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
      const { found, allowed } = unresolved(error);
      if (this.relevance.firstCall([node]) !== undefined) this.refuse(node.line, found, allowed);
      this.forget([node], node.line);
      this.truth = truthOf(this.relevance.plainWords(node));
      if (typeof this.truth === 'boolean' && /^(?:\[|\[\[|test)$/.test(node.words[0] ?? ''))
        this.truth = 'unknown';
      return undefined;
    }
  }

  private other(words: readonly string[], node: CommandNode): Flow {
    const [name = '', ...rest] = words;
    if (name !== 'eval' && runnerOf(words) !== undefined) {
      this.refuse(node.line, words.join(' '), 'ipvsadm and sysctl called by the script itself');
      return 'go';
    }
    if (name === 'eval') {
      const written = parseScript(rest.join(' '), node.line);
      return this.invoke(written, [name, ...this.variables.parameters], node);
    }
    const body = this.functions.get(name);
    if (body !== undefined) return this.invoke(body, words, node);
    const truth = runBuiltin(words, node, this.variables, this.input);
    if (truth === 'unknown') this.forget([node], node.line);
    if (truth !== undefined) this.truth = truth;
    else this.visitor.command(words, node, this.variables);
    return this.controlOf(words);
  }

  private invoke(body: readonly Node[], words: readonly string[], node: CommandNode): Flow {
    if (this.depth >= DEEPEST_CALL) {
      this.refuse(node.line, words.join(' '), 'functions that do not call themselves');
      return 'go';
    }
    this.depth++;
    const flow = this.effort.repeating(() =>
      this.variables.within(words.slice(1), () => {
        for (const { name } of node.assignments) this.variables.keep(name);
        this.assignAll(node);
        return this.input.within(node.redirections, node.line, () => this.run(body));
      }),
    );
    this.depth--;
    return flow === 'exit' ? 'exit' : 'go';
  }

  private assignAll({ assignments, line }: CommandNode): void {
    for (const each of assignments) assign(each, line, this.variables);
  }

  private call(call: ToolCall, node: CommandNode): void {
    if (call.program === 'ipvsadm-save') return;
    if (!restores(call)) {
      const [first = ''] = call.words;
      if (/^[–—−]/.test(first)) this.refuse(node.line, first, 'an option with a plain hyphen');
      if (isChange(call))
        this.visitor.rules([{ line: node.line, text: call.words.join(' '), words: call.words }]);
      return;
    }
    const { redirections, line } = node;
    const rules = this.rulesFrom(line, () => inputText(redirections, line, this.variables));
    if (rules !== undefined) {
      this.visitor.rules(rules);
      return;
    }
    const file = node.redirections.find(({ operator }) => operator === '<')?.target;
    this.refuse(node.line, file ?? textOf(node), 'rules in a here-document for ipvsadm -R');
  }

  /** A text for `ipvsadm -R`; `undefined` when it is not in the script. */
  private rulesFrom(line: number, action: () => PrintedText | undefined): RuleLine[] | undefined {
    try {
      const printed = action();
      return printed && rulesOfText(printed);
    } catch (error) {
      const { found, allowed } = unresolved(error);
      this.refuse(line, found, allowed);
      return [];
    }
  }

  private controlOf(words: readonly string[]): Flow {
    const [name = '', loops = 1] = words;
    this.outerLoops = Number(loops) - 1;
    return /^(?:exit|return|break|continue)$/.test(name) ? (name as Flow) : 'go';
  }

  /** Goes past commands of which it is unknown whether they run; refused when they call the tool. */
  private passOver(nodes: readonly Node[], line: number, found: string, allowed: string): void {
    if (this.relevance.firstCall(nodes) !== undefined) this.refuse(line, found, allowed);
    if (this.visitor.visitsUnknown) for (const node of nodes) this.node(node);
    this.forget(nodes, line, found);
    this.truth = 'unknown';
  }

  private forget(nodes: readonly Node[], line: number, source?: string): void {
    for (const name of assignedIn(nodes)) {
      this.variables.set(name, { line, source: source ?? textOf(nodes[0]) });
    }
  }

  /** Counts what is repeated, and ends the walk when it is too much. */
  private spend(words: readonly string[], node: Node): void {
    if (this.effort.allows(words)) return;
    const allowed = 'loops and functions that repeat 65,000 commands at most';
    this.refuse(node.line, textOf(node), allowed);
    throw new EndOfReading();
  }

  private refuse(line: number, found: string, allowed: string): void {
    this.visitor.refused(new TextError({ line, found, allowed }));
  }
}
