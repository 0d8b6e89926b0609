/**
 * Expands the words of a script: quotes, variables, `$((…))` and the few commands of `$(…)` whose output
 * needs no machine. Source: POSIX.1-2017, Shell Command Language, section 2.6.
 */
import { ansiText } from './ansi-quote.js';
import { compute } from './arithmetic.js';
import { expandBraces } from './braces.js';
import { commandOutput } from './command-output.js';
import { splitAtSeparators } from './field-splitting.js';
import { expandParameter } from './parameter.js';
import { SUBSTITUTIONS, Unresolved, type Variables } from './variables.js';
import { partEnd } from './word-end.js';

/** No longer texts are made of variables, which may double each time. */
const LONGEST = 2 ** 19;

/**
 * Expands words.
 *
 * @param words - The words as they are written.
 * @param variables - The variables.
 * @returns The words that a command gets.
 * @throws {Unresolved} When a value cannot be known.
 */
export function expandWords(words: readonly string[], variables: Variables): string[] {
  return words.flatMap(expandBraces).flatMap((word) => new Expansion(word, variables).fields());
}

/**
 * Expands a word or a document to one text.
 *
 * @param word - As it is written.
 * @param variables - The variables.
 * @returns The text.
 * @throws {Unresolved} When a value cannot be known.
 */
export function expandText(word: string, variables: Variables): string {
  return new Expansion(word, variables).text();
}

/**
 * Expands a here-document, in which quotes are ordinary characters.
 *
 * @param text - The document.
 * @param variables - The variables.
 * @returns The text.
 * @throws {Unresolved} When a value cannot be known.
 */
export function expandDocument(text: string, variables: Variables): string {
  return new Expansion(text, variables).document();
}

/** Values that are one word within quotes: those of `$*` and of the like. */
const ALL_IN_ONE = /^\$(?:\*|\{(?:\*|\w+\[\*\])[:}])/;

/** One word while it is expanded. */
class Expansion {
  private readonly word: string;
  private readonly variables: Variables;
  private readonly done: string[] = [];
  /** The field that grows; `undefined` when nothing of it is there yet. */
  private field: string | undefined;
  private at = 0;
  /** Whether values outside of quotes are divided into fields. */
  private splits = true;
  /** How many characters substitutions gave. */
  private filled = 0;

  constructor(word: string, variables: Variables) {
    this.word = word;
    this.variables = variables;
  }

  fields(): string[] {
    while (this.at < this.word.length) this.unquoted();
    this.endField();
    return this.done;
  }

  text(): string {
    this.splits = false;
    while (this.at < this.word.length) this.unquoted();
    this.endField();
    return this.done.join(' ');
  }

  document(): string {
    while (this.at < this.word.length) this.quotedPart();
    return this.field ?? '';
  }

  private unquoted(): void {
    const { word, at } = this;
    const character = word.charAt(at);
    if (word.startsWith("$'", at)) {
      const end = partEnd(word, at);
      this.append(ansiText(word.slice(at + 2, end - 1)));
      this.at = end;
    } else if (word.startsWith('$"', at)) this.at++;
    else if (character === "'") {
      const end = word.indexOf("'", at + 1);
      this.append(word.slice(at + 1, end));
      this.at = end + 1;
    } else if (character === '"') {
      this.at++;
      this.append('');
      while (this.word.charAt(this.at) !== '"') this.quotedPart();
      this.at++;
    } else if (character === '\\') {
      this.append(word.charAt(at + 1));
      this.at += 2;
    } else if (character === '$' || character === '`') this.spread(this.substitution());
    else {
      this.append(character);
      this.at++;
    }
  }

  private quotedPart(): void {
    const { word, at } = this;
    const character = word.charAt(at);
    if (character === '\\' && /[$`"\\]/.test(word.charAt(at + 1))) {
      this.append(word.charAt(at + 1));
      this.at += 2;
    } else if (character === '$' || character === '`') {
      const isOneWord = ALL_IN_ONE.test(word.slice(at));
      const values = this.substitution();
      this.join(isOneWord ? [values.join(this.variables.separators.charAt(0))] : values);
    } else {
      this.append(character);
      this.at++;
    }
  }

  /** Within quotes only the values of `$@` and of a list are words of their own. */
  private join(values: readonly string[]): void {
    for (const [index, value] of values.entries()) {
      if (index > 0) this.endField();
      this.grow(value);
    }
  }

  private spread(values: readonly string[]): void {
    if (!this.splits) this.grow(values.join(' '));
    else
      for (const [index, value] of values.entries()) {
        if (index > 0) this.endField();
        this.split(value);
      }
  }

  private split(value: string): void {
    const { separators } = this.variables;
    for (const { text, isField, ends } of splitAtSeparators(value, separators)) {
      if (text !== '' || isField) this.grow(text);
      if (ends) this.endField();
    }
  }

  /** {@link Expansion.append} of what a substitution gave. */
  private grow(text: string): void {
    this.filled += text.length + 1;
    if (this.filled > LONGEST) {
      throw new Unresolved(this.word, 'variables that make up to 524,288 characters');
    }
    this.append(text);
  }

  private append(text: string): void {
    this.field = (this.field ?? '') + text;
  }

  private endField(): void {
    if (this.field !== undefined) this.done.push(this.field);
    this.field = undefined;
  }

  /** Reads one substitution, and gives its values. */
  private substitution(): readonly string[] {
    const { word, at, variables } = this;
    const rest = word.slice(at);
    const simple = /^\$(?:[A-Za-z_]\w*|[0-9@*#?])/.exec(rest)?.[0];
    if (simple !== undefined) {
      this.at += simple.length;
      return this.valueOf(simple.slice(1), simple);
    }
    const end = /^\$[({[]/.test(rest) ? partEnd(rest, 0) : 1;
    if (rest.startsWith('`')) return this.backquoted(rest);
    this.at += end;
    const whole = rest.slice(0, end);
    if (whole.startsWith('$((')) return [String(compute(whole.slice(3, -2), variables))];
    if (whole.startsWith('$[')) return [String(compute(whole.slice(2, -1), variables))];
    if (whole.startsWith('$(')) return [this.outputOf(whole, whole.slice(2, -1))];
    if (whole.startsWith('${')) {
      return expandParameter(whole, variables, (text) => expandText(text, variables));
    }
    if (/^\$[!$-]/.test(rest)) throw new Unresolved(rest.slice(0, 2), SUBSTITUTIONS);
    return [whole];
  }

  private backquoted(rest: string): readonly string[] {
    const end = rest.indexOf('`', 1);
    this.at += end + 1;
    return [this.outputOf(rest.slice(0, end + 1), rest.slice(1, end))];
  }

  private outputOf(written: string, command: string): string {
    return commandOutput(written, command, (words) => expandWords(words, this.variables));
  }

  private valueOf(name: string, written: string): readonly string[] {
    const value = this.variables.read(name);
    if (value !== undefined) return value;
    if (name === '@' || name === '*') return [];
    throw new Unresolved(written, 'a variable that the script sets');
  }
}
