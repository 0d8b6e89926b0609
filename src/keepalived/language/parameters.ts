/**
 * Parameters: `$NAME=value`, replaced where they are used.
 *
 * `${NAME}` is replaced anywhere, `$NAME` before a blank or the end of the line. Replacement goes on
 * until nothing is left to replace, so that a value may use what is defined later. A value of several
 * lines is replaced at the end of a line only.
 */
import { trimBlanks } from './words.js';

/** More replacements in one line than this are a definition that uses itself. */
const MOST_REPLACEMENTS = 10_000;
/** A line that grows by more characters than this is one, too. */
const MOST_GROWTH = 200_000;

const definition = /^\$([A-Za-z_][A-Za-z_0-9]*)=(.*)$/s;
const useOfParameter = /\$(?:\{([A-Za-z_0-9]+)\}|([A-Za-z_0-9]+)(?=[ \t\r\f\v]|$))/g;

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
    return name === undefined ? undefined : { name, value: trimBlanks(value) };
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
    let from = 0;
    for (let count = 0; ; count += 1) {
      const found = this.nextUse(text, from);
      if (found === undefined) return { text, following, endless: false };
      if (count >= MOST_REPLACEMENTS || text.length > line.length + MOST_GROWTH) {
        return { text: '', following: [], endless: true };
      }
      const [first, ...more] = found.value as [string, ...string[]];
      text = text.slice(0, found.start) + first + text.slice(found.end);
      // What the value uses is replaced next; what is before it stays as it is.
      from = found.start;
      if (more.length > 0) following = more.concat(following);
    }
  }

  private nextUse(
    text: string,
    from: number,
  ): { start: number; end: number; value: readonly string[] } | undefined {
    const use = new RegExp(useOfParameter);
    use.lastIndex = from;
    for (let match = use.exec(text); match !== null; match = use.exec(text)) {
      const value = this.values.get(match[1] ?? match[2]);
      const end = use.lastIndex;
      const wanted =
        value !== undefined && (value.length === 1 || trimBlanks(text.slice(end)) === '');
      if (wanted) return { start: match.index, end, value };
    }
    return undefined;
  }
}
