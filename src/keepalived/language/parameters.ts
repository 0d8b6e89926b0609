/**
 * Parameters: `$NAME=value`, replaced where they are used.
 *
 * `${NAME}` is replaced anywhere, `$NAME` before a blank or the end of the line. Replacement goes on
 * until nothing is left to replace, so that a value may use what is defined later. A value of several
 * lines is replaced at the end of a line only.
 */
import { trimBlanks } from './words.js';

/** More replacements in one line than this are a definition that uses itself. */
const MOST_REPLACEMENTS = 1000;
/** A line that grows longer than this is one, too. */
const LONGEST_LINE = 1_000_000;

const definition = /^\$([A-Za-z_][A-Za-z_0-9]*)=(.*)$/s;
const use = /\$(?:\{([A-Za-z_0-9]+)\}|([A-Za-z_0-9]+)(?=[ \t\r\f\v]|$))/g;

/** A line after the replacement of parameters. */
export interface ExpandedLine {
  /** The line. */
  readonly text: string;
  /** The further lines of a value of several lines. */
  readonly following: readonly string[];
  /** Whether the end was never reached: a parameter uses itself. */
  readonly endless: boolean;
}

/** The parameters known so far. */
export class ParameterTable {
  private readonly values = new Map<string, readonly string[]>();

  /**
   * Recognizes a definition.
   *
   * @param line - A line without comment and blanks around it.
   * @returns Name and value, or `undefined`.
   */
  static definitionIn(line: string): { name: string; value: string } | undefined {
    if (line[0] !== '$') return undefined;
    const [, name, value] = definition.exec(line) ?? [];
    return name === undefined ? undefined : { name, value: trimBlanks(value as string) };
  }

  /**
   * Defines a parameter, again if it was.
   *
   * @param name - Its name.
   * @param lines - Its value, a line at least.
   */
  set(name: string, lines: readonly string[]): void {
    this.values.set(name, lines);
  }

  /**
   * Replaces what can be replaced.
   *
   * @param line - The line.
   * @returns The line after it.
   */
  expand(line: string): ExpandedLine {
    let text = line;
    let following: readonly string[] = [];
    for (let count = 0; text.includes('$'); count += 1) {
      const found = this.nextUse(text);
      if (found === undefined) break;
      if (count >= MOST_REPLACEMENTS || text.length > LONGEST_LINE) {
        return { text: '', following: [], endless: true };
      }
      const [first, ...more] = found.value as [string, ...string[]];
      text = text.slice(0, found.start) + first + text.slice(found.end);
      if (more.length > 0) following = [...more, ...following];
    }
    return { text, following, endless: false };
  }

  private nextUse(
    text: string,
  ): { start: number; end: number; value: readonly string[] } | undefined {
    for (const match of text.matchAll(use)) {
      const value = this.values.get((match[1] ?? match[2]) as string);
      const end = match.index + match[0].length;
      if (value === undefined || (value.length > 1 && trimBlanks(text.slice(end)) !== '')) continue;
      return { start: match.index, end, value };
    }
    return undefined;
  }
}
