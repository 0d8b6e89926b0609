/**
 * Which parts of a script matter: those that may call the tool, seen without running them.
 */
import type { CommandNode, Node } from './nodes.js';
import { runnerOf, toolCallOf } from './tool-call.js';
import { isUnknown, type Variables } from './variables.js';

const TOOL_VARIABLE = /^\$\{?(\w*ipvsadm\w*)\}?$/i;
/** Options that only show something. */
const SHOWS = /^(?:-[lLShv]|--(?:list|save|help|version)$)/;

/** Commands that set the variables they name. */
const SETTING =
  /^(?:export|local|declare|readonly|typeset|read|let|eval|getopts|mapfile|readarray)$/;

/** Finds out whether nodes matter. */
export class Relevance {
  private readonly functions: ReadonlyMap<string, readonly Node[]>;
  private readonly variables: Variables;

  /**
   * @param functions - The functions of the script.
   * @param variables - Its variables.
   */
  constructor(functions: ReadonlyMap<string, readonly Node[]>, variables: Variables) {
    this.functions = functions;
    this.variables = variables;
  }

  /** The first command among nodes that may call the tool; `undefined` when there is none. */
  firstCall(nodes: readonly Node[], within: readonly string[] = []): CommandNode | undefined {
    for (const node of nodes) {
      const call = this.callIn(node, within);
      if (call !== undefined) return call;
    }
    return undefined;
  }

  /** The words of a command without their quotes, a variable for the tool resolved. */
  plainWords({ words }: CommandNode): string[] {
    return words.map((word) => this.toolName(word.replaceAll(/['"]/g, '')));
  }

  private callIn(node: Node, within: readonly string[]): CommandNode | undefined {
    switch (node.kind) {
      case 'command':
        return this.isCall(node, within) ? node : undefined;
      case 'pipeline':
        return this.firstCall(node.parts, within);
      case 'chain':
        return this.firstCall([node.first, ...node.rest.map((each) => each.node)], within);
      case 'if': {
        const parts = node.branches.flatMap(({ condition, body }) => [...condition, ...body]);
        return this.firstCall([...parts, ...node.otherwise], within);
      }
      case 'case':
        return this.firstCall(
          node.branches.flatMap(({ body }) => body),
          within,
        );
      case 'function':
        return undefined;
      case 'while':
        return this.firstCall([...node.condition, ...node.body], within);
      default:
        return this.firstCall(node.body, within);
    }
  }

  private isCall(node: CommandNode, within: readonly string[]): boolean {
    const words = this.plainWords(node);
    const call = toolCallOf(words);
    if (call !== undefined)
      return call.program !== 'ipvsadm-save' && !SHOWS.test(call.words[0] ?? '-L');
    if (runnerOf(words) !== undefined) return true;
    const [name = ''] = words;
    const body = within.includes(name) ? undefined : this.functions.get(name);
    return body !== undefined && this.firstCall(body, [...within, name]) !== undefined;
  }

  private toolName(word: string): string {
    const name = /^\$\{?(\w+)\}?$/.exec(word)?.[1];
    if (name === undefined) return word;
    const value = this.variables.get(name);
    if (typeof value === 'string') return value;
    const isTool = TOOL_VARIABLE.test(word) && (value === undefined || isUnknown(value));
    return isTool ? 'ipvsadm' : word;
  }
}

/**
 * Whether a condition may come to something else in each round of a loop, because of variables or what is read.
 *
 * @param condition - The commands of the condition.
 */
export function changesByItself(condition: readonly Node[]): boolean {
  return condition.some((node): boolean => {
    if (node.kind === 'chain')
      return changesByItself([node.first, ...node.rest.map((each) => each.node)]);
    if (node.kind === 'pipeline') return changesByItself(node.parts);
    if (node.kind !== 'command') return false;
    const [name = ''] = node.words;
    if (/^(?:read|let|getopts)$/.test(name)) return true;
    return /^(?:\[|\[\[|test)$/.test(name) && node.words.some((word) => word.includes('$'));
  });
}

/**
 * The variables that nodes set.
 *
 * @param nodes - The nodes.
 * @returns Their names.
 */
export function assignedIn(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node): string[] => {
    switch (node.kind) {
      case 'command':
        return [...node.assignments.map(({ name }) => name), ...declared(node)];
      case 'pipeline':
        return assignedIn(node.parts);
      case 'chain':
        return assignedIn([node.first, ...node.rest.map((each) => each.node)]);
      case 'if':
        return [
          ...node.branches.flatMap(({ condition, body }) => assignedIn([...condition, ...body])),
          ...assignedIn(node.otherwise),
        ];
      case 'case':
        return node.branches.flatMap(({ body }) => assignedIn(body));
      case 'while':
        return assignedIn([...node.condition, ...node.body]);
      case 'for':
        return [node.name, ...assignedIn(node.body)];
      case 'function':
        return [];
      default:
        return assignedIn(node.body);
    }
  });
}

function declared({ words }: CommandNode): string[] {
  const [command = '', ...rest] = words.map((word) => word.replaceAll(/['"]/g, ''));
  if (command === 'printf') return rest[0] === '-v' ? rest.slice(1, 2) : [];
  if (!SETTING.test(command)) return [];
  return rest.map((word) => /^[A-Za-z_]\w*/.exec(word)?.[0] ?? '').filter((name) => name !== '');
}
