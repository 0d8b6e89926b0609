/**
 * Reads a shell script into a tree.
 */
import { TextError } from '../text-error.js';
import type { Assignment, ChainNode, CommandNode, IfNode, Node, Redirection } from './nodes.js';
import { type Token, tokensOf } from './tokens.js';

const ASSIGNMENT = /^([A-Za-z_]\w*)(?:\[([^\]]*)\])?(\+?)=([\s\S]*)$/;
/** The header of a loop that counts up by ones, without spaces: `i=0;i<3;i++`. */
const COUNTING = /^(\w+)=([^;]+);\1(<=?)([^;]+);(?:\1\+\+|\+\+\1|\1\+=1)$/;
/** Compound commands within each other are read up to this depth. */
const DEEPEST = 200;
const NAME = /^[A-Za-z_][\w-]*$/;
/** Words that end a list of commands when they stand where a command would. */
const ENDS: ReadonlySet<string> = new Set([
  'then',
  'do',
  'done',
  'fi',
  'elif',
  'else',
  'esac',
  '}',
]);

/**
 * Reads a script.
 *
 * @param script - The script.
 * @param line - The number of its first line; default 1.
 * @returns Its commands.
 * @throws {TextError} When it is no script.
 */
export function parseScript(script: string, line = 1): Node[] {
  const parser = new Parser(tokensOf(script, line));
  return parser.all();
}

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  /** Within how many lists of commands the present one is, with itself. */
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  all(): Node[] {
    const nodes = this.list();
    if (this.peek().kind !== 'end') this.refuse('a command');
    return nodes;
  }

  /** Commands up to a word or operator that ends them. */
  private list(): Node[] {
    const nodes: Node[] = [];
    this.depth++;
    if (this.depth > DEEPEST) this.refuse(`commands within each other up to a depth of ${DEEPEST}`);
    for (this.separators(); !this.isEnd(); this.separators()) nodes.push(this.chain());
    this.depth--;
    return nodes;
  }

  private isEnd(): boolean {
    const { kind, text } = this.peek();
    if (kind === 'end') return true;
    if (kind === 'operator') return text === ')' || text.startsWith(';;') || text === ';&';
    return kind === 'word' && ENDS.has(text);
  }

  private separators(): void {
    while (this.peek().kind === 'newline' || this.isOperator(';', '&')) this.at++;
  }

  private newlines(): void {
    while (this.peek().kind === 'newline') this.at++;
  }

  private chain(): Node {
    const { line } = this.peek();
    const first = this.pipeline();
    const rest: { operator: '&&' | '||'; node: Node }[] = [];
    while (this.isOperator('&&', '||')) {
      const operator = this.take().text as '&&' | '||';
      this.newlines();
      rest.push({ operator, node: this.pipeline() });
    }
    return rest.length === 0 ? first : ({ kind: 'chain', line, first, rest } satisfies ChainNode);
  }

  private pipeline(): Node {
    const { line } = this.peek();
    const negated = this.isWord('!');
    if (negated) this.at++;
    const parts = [this.command()];
    while (this.isOperator('|', '|&')) {
      this.at++;
      this.newlines();
      parts.push(this.command());
    }
    if (parts.length === 1 && !negated) return parts[0];
    return { kind: 'pipeline', line, parts, negated };
  }

  private command(): Node {
    const { kind, text, line } = this.peek();
    if (kind === 'operator' && text === '(') return this.withInput(this.subshell(line), line);
    if (kind === 'word') {
      const compound = this.compound(text, line);
      if (compound !== undefined) {
        return this.withInput(compound, line);
      }
    }
    return this.simple();
  }

  private compound(word: string, line: number): Node | undefined {
    switch (word) {
      case 'if':
        return this.conditional(line);
      case 'for':
        return this.loop(line);
      case 'case':
        return this.choice(line);
      case '{':
        this.at++;
        return { kind: 'group', line, body: this.until('}') };
      case 'while':
      case 'until': {
        this.at++;
        return { kind: 'while', line, word, condition: this.until('do'), body: this.until('done') };
      }
      case 'select':
        return this.opaqueLoop(word, line);
      case 'function':
        this.at++;
        return this.definition(line);
      default: {
        const isDefinition = NAME.test(word) && this.tokens[this.at + 1]?.text === '(';
        return isDefinition ? this.definition(line) : undefined;
      }
    }
  }

  private subshell(line: number): Node {
    this.at++;
    if (this.isOperator('(')) {
      const words = ['let', this.arithmetic()];
      return { kind: 'command', line, assignments: [], words, redirections: [] };
    }
    const body = this.list();
    this.expect(')');
    return { kind: 'group', line, isSubshell: true, body };
  }

  /** Goes past `(…))` and gives what is between the parentheses, without spaces. */
  private arithmetic(): string {
    const texts: string[] = [];
    let open = 1;
    while (open > 0 && this.peek().kind !== 'end') {
      const { text } = this.take();
      if (text === '(') open++;
      else if (text === ')') open--;
      texts.push(text);
    }
    return texts.join('').slice(1, -2);
  }

  private definition(line: number): Node {
    const name = this.take().text;
    if (this.isOperator('(')) {
      this.at++;
      this.expect(')');
    }
    this.newlines();
    const body = this.command();
    return { kind: 'function', line, name, body: [body] };
  }

  private conditional(line: number): IfNode {
    const branches: { condition: Node[]; body: Node[] }[] = [];
    let otherwise: Node[] = [];
    this.at++;
    branches.push({ condition: this.until('then'), body: this.list() });
    for (;;) {
      const { text } = this.peek();
      if (text === 'elif') {
        this.at++;
        branches.push({ condition: this.until('then'), body: this.list() });
      } else if (text === 'else') {
        this.at++;
        otherwise = this.list();
      } else {
        this.expect('fi');
        return { kind: 'if', line, branches, otherwise };
      }
    }
  }

  private loop(line: number): Node {
    this.at++;
    if (this.isOperator('(')) {
      this.at++;
      const header = this.arithmetic();
      this.separators();
      this.expect('do');
      const [, counter, from = '', sign, to = ''] = COUNTING.exec(header) ?? [];
      const body = this.until('done');
      if (counter === undefined) return { kind: 'opaque', line, word: 'for ((', body };
      const last = `$((${to}${sign === '<' ? '-1' : ''}))`;
      const items = [`$(seq $((${from})) ${last})`];
      const ends = [`$((${from}))`, `$((${to}${sign === '<' ? '' : '+1'}))`] as const;
      const written = `((${header}))`;
      return { kind: 'for', line, name: counter, items, written, counter: ends, body };
    }
    const name = this.take().text;
    this.newlines();
    const items = this.isWord('in') ? this.items() : undefined;
    this.separators();
    this.expect('do');
    return { kind: 'for', line, name, items, body: this.until('done') };
  }

  private items(): string[] {
    this.at++;
    const items: string[] = [];
    while (this.peek().kind === 'word') items.push(this.take().text);
    return items;
  }

  private opaqueLoop(word: string, line: number): Node {
    this.at++;
    const condition = this.until('do');
    return { kind: 'opaque', line, word, body: [...condition, ...this.until('done')] };
  }

  private choice(line: number): Node {
    this.at++;
    const subject = this.take().text;
    this.newlines();
    this.expect('in');
    const branches: { patterns: string[]; body: Node[] }[] = [];
    /** Whether a branch goes on with another one. */
    let goesOn = false;
    for (this.newlines(); !this.isWord('esac'); this.newlines()) {
      branches.push({ patterns: this.patterns(), body: this.list() });
      if (this.isOperator(';&', ';;&')) goesOn = true;
      if (this.peek().text.startsWith(';')) this.at++;
    }
    this.at++;
    if (goesOn)
      return { kind: 'opaque', line, word: 'case', body: branches.flatMap((each) => each.body) };
    return { kind: 'case', line, subject, branches };
  }

  private patterns(): string[] {
    if (this.isOperator('(')) this.at++;
    const patterns: string[] = [];
    while (!this.isOperator(')')) {
      if (this.isOperator('|')) this.at++;
      else if (this.peek().kind === 'word') patterns.push(this.take().text);
      else this.refuse('a pattern of case');
    }
    this.at++;
    return patterns;
  }

  private simple(): CommandNode {
    const { line } = this.peek();
    const assignments: Assignment[] = [];
    const words: string[] = [];
    const redirections: Redirection[] = [];
    const isTest = this.isWord('[[');
    for (;;) {
      const { kind, text } = this.peek();
      if (kind === 'word' && words.length === 0 && ASSIGNMENT.test(text)) {
        assignments.push(assignmentOf(text));
        this.at++;
      } else if (kind === 'word' || (isTest && kind === 'operator' && !words.includes(']]'))) {
        words.push(this.take().text);
      } else if (this.isRedirection()) redirections.push(this.redirection());
      else break;
    }
    const isEmpty = assignments.length + words.length + redirections.length === 0;
    if (isEmpty) this.refuse('a command');
    return { kind: 'command', line, assignments, words, redirections };
  }

  private isRedirection(): boolean {
    const { kind, text } = this.peek();
    return kind === 'operator' && /[<>]/.test(text);
  }

  /** A compound command with what it reads. */
  private withInput(node: Node, line: number): Node {
    const redirections: Redirection[] = [];
    while (this.isRedirection()) redirections.push(this.redirection());
    const isFed = redirections.some(({ operator }) => operator.startsWith('<'));
    return isFed ? { kind: 'group', line, redirections, body: [node] } : node;
  }

  private redirection(): Redirection {
    const { text, document } = this.take();
    const operator = text.replace(/^\d+/, '');
    if (this.peek().kind !== 'word') this.refuse(`a file behind ${text}`);
    const target = this.take().text;
    const isOutput = text.startsWith('2');
    return {
      operator: isOutput ? '2>' : operator,
      target,
      ...(document?.value !== undefined && { document: document.value }),
    };
  }

  private until(word: string): Node[] {
    const nodes = this.list();
    this.expect(word);
    return nodes;
  }

  private expect(text: string): void {
    if (this.peek().text !== text || this.peek().kind === 'end') this.refuse(`'${text}'`);
    this.at++;
  }

  private refuse(allowed: string): never {
    const { line, text, kind } = this.peek();
    const found =
      kind === 'end' ? 'the end of the script' : kind === 'newline' ? 'the end of the line' : text;
    throw new TextError({ line, found, allowed });
  }

  private isWord(text: string): boolean {
    return this.peek().kind === 'word' && this.peek().text === text;
  }

  private isOperator(...texts: string[]): boolean {
    return this.peek().kind === 'operator' && texts.includes(this.peek().text);
  }

  private peek(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)];
  }

  private take(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }
}

function assignmentOf(text: string): Assignment {
  const [, name = '', index, plus, value = ''] = ASSIGNMENT.exec(text) ?? [];
  return { name, value, appends: plus === '+', ...(index !== undefined && { index }) };
}
