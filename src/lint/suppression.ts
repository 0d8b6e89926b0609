/**
 * Comments that silence rules: `# ipvs-lint: ignore LVS101 -- reason` behind a line or on the line above it,
 * and `# ipvs-lint: ignore-file LVS101` anywhere in a file. Codes and names are separated by blanks or commas.
 */
import type { LintFinding } from './finding.js';
import type { LintInput } from './lint-rule.js';

const MARKER = 'ipvs-lint:';
const COMMENT = /([#!;]\s*)?ipvs-lint:\s*(ignore|ignore-file)\s+([^\n]*)/;

/** Decides which findings are silenced. */
export class Suppressions {
  /** Codes and names by file, and by file and line. */
  private readonly silenced = new Map<string, Set<string>>();

  /** @param inputs - The texts with comments. */
  constructor(inputs: readonly LintInput[]) {
    for (const { name, text } of inputs) {
      if (text.includes(MARKER)) this.read(name, text);
    }
  }

  /**
   * Whether a comment silences a finding.
   *
   * @param finding - The finding.
   */
  covers({ code, name, place }: LintFinding): boolean {
    return [place.file, `${place.file}:${place.line}`].some((where) => {
      const words = this.silenced.get(where);
      return words !== undefined && (words.has(code) || words.has(name));
    });
  }

  private read(file: string, text: string): void {
    for (const [index, line] of text.split('\n').entries()) {
      const match = COMMENT.exec(line);
      if (match === null) continue;
      const [, , scope, list = ''] = match;
      const words = (list.split('--')[0] ?? '').split(/[\s,]+/).filter(Boolean);
      const isAlone = line.slice(0, match.index).trim() === '';
      const number = isAlone ? index + 2 : index + 1;
      this.add(scope === 'ignore-file' ? file : `${file}:${number}`, words);
    }
  }

  private add(where: string, words: readonly string[]): void {
    const known = this.silenced.get(where) ?? new Set();
    for (const word of words) known.add(word);
    this.silenced.set(where, known);
  }
}
