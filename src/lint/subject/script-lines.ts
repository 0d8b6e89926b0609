/**
 * The commands of a shell script, one after the other, with variables and lists of `for` filled in.
 *
 * This is a reading, not a run: both branches of a condition count, the branch `stop)` does not, and a line whose
 * variables are not known is left out.
 */
import type { LintLine } from './subject.js';

const ASSIGNMENT = /^(?:export\s+|local\s+|readonly\s+)?([A-Za-z_]\w*)=(.*)$/;
const VARIABLE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;
const FOR = /^for\s+([A-Za-z_]\w*)\s+in\s+(.*?)\s*(?:;\s*do)?$/;
/** What stands in front of a command, or behind it, and does not change what it does. */
const PREFIX = /^(?:(?:sudo|do|then|else|\{)\s+)+/;
const SUFFIX = /\s*(?:(?:\d?>>?|&>)\s*\/dev\/null|2>&1|&|\})\s*$/;
/** A script may not make the reader go on for ever: lists in lists are filled in up to so many lines. */
const MOST_LINES = 200_000;

/** Whether a text is a shell script, and not a file of rules. */
export function isScript(text: string): boolean {
  if (text.startsWith('#!')) return true;
  return /^[ \t]*(?:(?:export )?[A-Za-z_]\w*=|(?:sudo |\/\S+\/)*(?:ipvsadm|ip|ifconfig|iptables|route|echo)[ \t]|(?:case|for|if|while)[ \t])/m.test(
    text,
  );
}

/**
 * Reads a script.
 *
 * @param file - Its name.
 * @param text - The script.
 * @returns Its commands, in the order of the lines.
 */
export function scriptLines(file: string, text: string): LintLine[] {
  const reader = new ScriptReader();
  reader.read(joined(file, text));
  return reader.commands;
}

/** Lines, those that end in a backslash joined with the next. */
function joined(file: string, text: string): LintLine[] {
  const lines: LintLine[] = [];
  let pending = '';
  let first = 0;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (pending === '') first = index;
    if (raw.endsWith('\\')) {
      pending += `${raw.slice(0, -1)} `;
      continue;
    }
    const whole = pending + raw;
    pending = '';
    const column = Math.max(whole.search(/\S/), 0) + 1;
    lines.push({ text: whole.trim(), place: { file, line: first + 1, column } });
  }
  return lines;
}

/** Where the branch that undoes a script begins, and where it ends. */
const STOP = /^\(?["']?stop["']?(?:\s*\|[^)]*)?\)/;
const BRANCH_END = /;;\s*$/;

class ScriptReader {
  readonly commands: LintLine[] = [];
  private readonly variables = new Map<string, string>();
  /** Whether the line at hand is in the branch that undoes the others. */
  private stops = false;

  read(lines: readonly LintLine[]): void {
    for (let at = 0; at < lines.length && this.commands.length < MOST_LINES; at += 1) {
      const { text, place } = lines[at];
      const [, name, list] = FOR.exec(text) ?? [];
      if (name === undefined || list === undefined) {
        this.readLine(text, place);
        continue;
      }
      const end = endOfLoop(lines, at);
      this.repeat(name, this.filledIn(list), lines.slice(at + 1, end));
      at = end;
    }
  }

  private repeat(name: string, list: string, body: readonly LintLine[]): void {
    for (const value of list.split(/\s+/).filter(Boolean)) {
      this.variables.set(name, unquoted(value));
      this.read(body);
    }
  }

  private readLine(line: string, place: LintLine['place']): void {
    if (STOP.test(line)) this.stops = true;
    const skipped = this.stops;
    if (BRANCH_END.test(line)) this.stops = false;
    if (skipped) return;
    for (const part of withoutComment(line).split(/\s*(?:;;?|&&|\|\|)\s*/)) {
      const text = part.replace(PREFIX, '').replace(SUFFIX, '').replace(SUFFIX, '').trim();
      const [, name, value] = ASSIGNMENT.exec(text) ?? [];
      if (name !== undefined && value !== undefined) {
        this.variables.set(name, this.filledIn(unquoted(value)));
        continue;
      }
      const command = withoutQuotes(this.filledIn(text));
      if (command !== '' && !command.includes('$')) this.commands.push({ text: command, place });
    }
  }

  private filledIn(text: string): string {
    if (!text.includes('$')) return text;
    return text.replaceAll(VARIABLE, (whole, braced?: string, plain?: string) => {
      return this.variables.get(braced ?? plain ?? '') ?? whole;
    });
  }
}

/** The line of the `done` that ends a loop; the last line when there is none. */
function endOfLoop(lines: readonly LintLine[], start: number): number {
  let depth = 0;
  for (let at = start; at < lines.length; at += 1) {
    const text = lines[at]?.text ?? '';
    if (/^(?:for|while|until)\s/.test(text)) depth += 1;
    if (/^done\b/.test(text)) depth -= 1;
    if (depth === 0) return at;
  }
  return lines.length;
}

function withoutComment(line: string): string {
  return line.startsWith('#') ? '' : line.replace(/\s#.*$/, '');
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, '$1').replace(/^'(.*)'$/, '$1');
}

/** Quotes around words of a command; what is in them stays. */
function withoutQuotes(text: string): string {
  return text.includes('nft') ? text.replaceAll(/(?<!\\)['"]/g, '') : text.replaceAll(/["']/g, '');
}
