/**
 * The commands of a shell script as lines with their places.
 */
import { withoutPrompts } from '../../operations/prompts.js';
import { type ScriptCommand, scriptCommands } from '../../operations/script/script-commands.js';
import { TextError } from '../../operations/text-error.js';
import type { LintLine } from './subject.js';

const COMMAND =
  /^[ \t]*(?:(?:export )?[A-Za-z_]\w*=|(?:sudo |\/\S+\/)*(?:ipvsadm|ip|ifconfig|iptables|route|echo|cat|tee|sysctl -\w+)[ \t]|(?:case|for|if|while)[ \t])/m;

/**
 * Whether a text is a shell script, and not a file of rules.
 *
 * @param text - The text.
 */
export function isScript(text: string): boolean {
  return text.startsWith('#!') || COMMAND.test(withoutPrompts(text));
}

/**
 * Reads a script.
 *
 * @param file - Its name.
 * @param text - The script.
 * @returns Its commands, in the order in which they run; of what is no shell script, its lines.
 */
export function scriptLines(file: string, text: string): LintLine[] {
  const raw = text.split(/\r?\n/);
  return commandsOf(text.replaceAll('\r\n', '\n')).map((command) => {
    const column = Math.max(raw[command.line - 1]?.search(/\S/) ?? 0, 0) + 1;
    return { text: command.text, place: { file, line: command.line, column } };
  });
}

/** A script of another program, such as nft, has lines. */
function commandsOf(text: string): ScriptCommand[] {
  try {
    return /^#!.*\bnft\b/.test(text) ? linesOf(text) : scriptCommands(text);
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    return linesOf(text);
  }
}

function linesOf(text: string): ScriptCommand[] {
  return text
    .split('\n')
    .map((line, index) => ({ text: line.replace(/(^|\s)#.*$/, '').trim(), line: index + 1 }))
    .filter((command) => command.text !== '');
}
