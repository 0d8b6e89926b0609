/**
 * All commands of a script, for those who look at more than its calls of ipvsadm.
 *
 * The walk is that of the reader of rules, and what it refuses is the same. It goes on behind a refusal: of what only
 * the machine knows every branch counts but the one that undoes the others, and a command whose words are not known is
 * left out. Functions are read once where a script only has functions.
 */
import type { RuleLine } from '../../ipvsadm/numbered-lines.js';
import { TextError } from '../text-error.js';
import { EndOfReading } from './effort.js';
import { expandDocument } from './expand.js';
import type { CommandNode, FunctionNode } from './nodes.js';
import { parseScript } from './parse-script.js';
import { withoutPrompts } from '../prompts.js';
import type { ScriptVisitor } from './script-visitor.js';
import { Unresolved, type Variables } from './variables.js';
import { ScriptWalk } from './walk.js';

/** A command with its words filled in. */
export interface ScriptCommand {
  /** The command in one line, quotes removed. */
  readonly text: string;
  /** The number of its line, from 1. */
  readonly line: number;
}

/** What a script does, as far as it can be followed. */
export interface ScriptCommands {
  /** Its commands, in the order in which they run, and the lines of what it writes into files. */
  readonly commands: readonly ScriptCommand[];
  /** What cannot be followed and concerns ipvsadm, each once. */
  readonly refusals: readonly TextError[];
}

/** A script may not make the reader go on for ever: lists in lists are filled in up to so many commands. */
const MOST_COMMANDS = 200_000;
/** What stands in front of a command and does not change what it does. */
const PREFIXES: ReadonlySet<string> = new Set(['sudo', 'doas', 'exec', 'command', 'nohup', 'time']);
/** Programs that read settings or rules from their input. */
const READERS = /^(?:tee|nft|sysctl|ip6?tables-restore)$/;

/**
 * Reads a script.
 *
 * @param script - The script.
 * @returns Its commands, and what cannot be followed.
 * @throws {TextError} When it is no script.
 */
export function scriptCommands(script: string): ScriptCommands {
  const nodes = parseScript(withoutPrompts(script));
  const reader = new CommandReader();
  const walk = new ScriptWalk(reader);
  try {
    walk.run(nodes);
    const functions = nodes.filter((node): node is FunctionNode => node.kind === 'function');
    if (functions.length === nodes.length) for (const { body } of functions) walk.run(body);
  } catch (error) {
    if (!(error instanceof EndOfReading)) throw error;
  }
  return { commands: reader.commands, refusals: [...reader.refusals.values()] };
}

class CommandReader implements ScriptVisitor {
  readonly visitsUnknown = true;
  readonly commands: ScriptCommand[] = [];
  readonly refusals = new Map<string, TextError>();

  rules(rules: readonly RuleLine[]): void {
    for (const { text, line } of rules) this.add(`ipvsadm ${text}`, line);
  }

  command(words: readonly string[], node: CommandNode, variables: Variables): void {
    const target = node.redirections.find(({ operator }) => /^\d?>>?\|?$/.test(operator))?.target;
    const file = target?.replaceAll(/['"]/g, '');
    const isWritten = file !== undefined && !file.startsWith('/dev/');
    const plain = words.slice(words.findIndex((word) => !PREFIXES.has(word)));
    const [name = '', ...rest] = plain;
    if (isWritten && /^(?:echo|printf)$/.test(name) && !file.startsWith('/proc/')) {
      this.lines(rest.filter((word) => !/^-[neE]+$/.test(word)).join(' '), node.line);
      return;
    }
    this.add(isWritten ? `${plain.join(' ')} > ${file}` : plain.join(' '), node.line);
    if (isWritten || READERS.test(name.replace(/^.*\//, ''))) this.documents(node, variables);
  }

  refused(error: TextError): void {
    this.refusals.set(`${error.line} ${error.message}`, error);
  }

  /** The lines of here-documents, which become a file or the input of a program. */
  private documents({ redirections }: CommandNode, variables: Variables): void {
    for (const { document } of redirections) {
      if (document === undefined) continue;
      const { text, line, literal } = document;
      this.lines(literal ? text : knownDocument(text, variables), line);
    }
  }

  private lines(text: string, first: number): void {
    for (const [at, line] of text.split('\n').entries()) this.add(line, first + at);
  }

  private add(text: string, line: number): void {
    if (this.commands.length >= MOST_COMMANDS) throw new EndOfReading();
    const trimmed = text.trim();
    if (trimmed !== '') this.commands.push({ text: trimmed, line });
  }
}

/** A here-document with its variables filled in; none when they are not known. */
function knownDocument(text: string, variables: Variables): string {
  try {
    return expandDocument(text, variables);
  } catch (error) {
    if (error instanceof Unresolved) return '';
    throw error;
  }
}
