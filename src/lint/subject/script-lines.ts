/**
 * The commands of a shell script as lines with their places.
 */
import { inputKindOf } from '../../operations/input-kind.js';
import { withoutPrompts } from '../../operations/prompts.js';
import {
  type ScriptCommand,
  type ScriptCommands,
  scriptCommands,
} from '../../operations/script/script-commands.js';
import { TextError } from '../../operations/text-error.js';
import type { LintPlace } from '../finding.js';
import type { LintLine, LintUnfollowed } from './subject.js';

/** The lines of a script. */
export interface ScriptLines {
  /** Its commands. */
  readonly lines: readonly LintLine[];
  /** What cannot be followed. */
  readonly unfollowed: readonly LintUnfollowed[];
}

const COMMAND =
  /^[ \t]*(?:(?:export )?[A-Za-z_]\w*=|(?:sudo |\/\S+\/)*(?:ipvsadm|ip|ifconfig|iptables|route|echo|cat|tee|sysctl -\w+)[ \t]|(?:case|for|if|while)[ \t])/m;

/**
 * Whether a text is a shell script, and not a file of rules.
 *
 * @param text - The text.
 */
export function isScript(text: string): boolean {
  return (
    text.startsWith('#!') || inputKindOf(text) === 'script' || COMMAND.test(withoutPrompts(text))
  );
}

/**
 * Reads a script.
 *
 * @param file - Its name.
 * @param text - The script.
 * @returns Its commands, in the order in which they run; of what is no shell script, its lines.
 */
export function scriptLines(file: string, text: string): ScriptLines {
  const raw = text.split(/\r?\n/);
  const placeOf = (line: number): LintPlace => {
    return { file, line, column: Math.max(raw[line - 1]?.search(/\S/) ?? 0, 0) + 1 };
  };
  const { commands, refusals } = commandsOf(text.replaceAll('\r\n', '\n'));
  return {
    lines: commands.map((command) => ({ text: command.text, place: placeOf(command.line) })),
    unfollowed: refusals.map(({ line, message }) => ({ message, place: placeOf(line) })),
  };
}

/** A script of another program, such as nft, has lines. */
function commandsOf(text: string): ScriptCommands {
  if (/^#!.*\bnft\b/.test(text)) return { commands: linesOf(text), refusals: [] };
  try {
    return scriptCommands(text);
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    // Of what is no shell script as a whole, single calls that need no shell are read.
    const commands = linesOf(text).filter(
      (line) => !/\bipvsadm\b/.test(line.text) || !/[$`<>|;&(){}]/.test(line.text),
    );
    return { commands, refusals: /ipvsadm/.test(text) ? [error] : [] };
  }
}

function linesOf(text: string): ScriptCommand[] {
  return text
    .split('\n')
    .map((line, index) => ({ text: line.replace(/(^|\s)#.*$/, '').trim(), line: index + 1 }))
    .filter((command) => command.text !== '');
}
