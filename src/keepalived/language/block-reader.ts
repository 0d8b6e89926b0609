/**
 * The blocks of a configuration: which keyword counts where, and what braces do.
 */
import type { MessageLog, Place } from '../messages.js';
import type { ConfigLine } from './config-lines.js';
import { type Word, wordsOf } from './words.js';

/** A keyword with its words. */
export interface Statement {
  /** All words, the keyword first. */
  readonly words: readonly Word[];
  /** Where it is. */
  readonly place: Place;
}

/** What a keyword does with its statement. */
export interface Keyword<State> {
  /** Whether it is nothing without a word after it. */
  readonly needsWord?: boolean;
  /** The block it opens; `'skipped'` = one that concerns others. */
  readonly block?: Block<State> | 'skipped';
  /**
   * Does what the statement says.
   *
   * @returns `false` when the block it opens is to be skipped.
   */
  readonly run?: (state: State, statement: Statement) => boolean | void;
}

/** A kind of block. */
export interface Block<State> {
  /** Its keywords. */
  readonly keywords: ReadonlyMap<string, Keyword<State>>;
  /** Reads statements whose first word is no keyword of it; nothing = they are unknown. */
  readonly other?: (state: State, statement: Statement) => void;
  /** Finishes it, at its `}` or at the end of the file. */
  readonly end?: (state: State, place: Place) => void;
}

/** The end of the file, as a place. */
const END: Place = { file: '', line: 0, column: 0 };

/** Reads lines into blocks. */
export class BlockReader<State> {
  private readonly state: State;
  private readonly log: MessageLog;
  /** Whether an unknown block is skipped, instead of being read as a part of the block around it. */
  private readonly skipsUnknown: boolean;
  private readonly open: Block<State>[];
  /** Braces seen that are open. */
  private braces = 0;
  /** What a `{` must follow: a block that was entered, or one that concerns others. */
  private awaited: 'block' | 'skipped' | 'unknown' | undefined;
  /** How deep in a skipped block; 0 = in none. */
  private skipping = 0;

  /**
   * @param top - What counts outside of all blocks.
   * @param state - What keywords work on.
   * @param log - Where messages go.
   * @param skipsUnknown - Whether unknown blocks are skipped.
   */
  constructor(top: Block<State>, state: State, log: MessageLog, skipsUnknown: boolean) {
    this.open = [top];
    this.state = state;
    this.log = log;
    this.skipsUnknown = skipsUnknown;
  }

  /**
   * Reads a line.
   *
   * @param line - The line.
   */
  read(line: ConfigLine): void {
    const { words, unterminated } = wordsOf(line.text, line.place.column - 1);
    // Behind a brace the rest is read like a new line, and the quote without an end is in the last of these lines.
    const last = unterminated ? 1 + words.findLastIndex(({ brace }) => brace) : undefined;
    for (let at = 0; at <= words.length && !this.log.fatal;) {
      if (at === last) this.reportQuote(line, words[at - 1]);
      if (at === words.length) return;
      at = this.readFrom(words, at, line.place);
    }
  }

  private reportQuote({ text, place }: ConfigLine, brace: Word | undefined): void {
    const rest = brace === undefined ? text : text.slice(brace.column - place.column + 1);
    this.log.add(`Unmatched quote: '${rest.trimStart()}'`, place);
  }

  /** Closes what is still open, as if it were complete. */
  finish(): void {
    if (this.log.fatal) return;
    while (this.open.length > 1) this.close(END);
    if (this.braces > 0) {
      this.log.add(`There are ${this.braces} missing '}'s or extra '{'s`);
    }
  }

  /** Reads what begins at a word, and says where the next begins. */
  private readFrom(words: readonly Word[], at: number, line: Place): number {
    const word = words[at];
    const place = { ...line, column: word.column };
    if (word.text === '{') this.openBrace(word, place);
    else if (word.text === '}') this.closeBrace(word, place);
    else {
      let end = at + 1;
      while (end < words.length && !/^[{}]$/.test(words[end].text)) end += 1;
      this.statement({ words: words.slice(at, end), place });
      return end;
    }
    return at + 1;
  }

  private openBrace(word: Word, place: Place): void {
    if (word.brace) this.braces += 1;
    const awaited = this.awaited;
    this.awaited = undefined;
    if (this.skipping > 0) this.skipping += 1;
    else if (awaited === 'skipped') this.skipping = 1;
    else if (awaited !== 'block' && !this.other([word], place)) {
      this.log.add("Unexpected '{' - ignoring", place);
      if (this.skipsUnknown && awaited === 'unknown') this.skipping = 1;
    }
  }

  private closeBrace(word: Word, place: Place): void {
    if (word.brace) this.braces -= 1;
    if (this.braces < 0) {
      this.log.add("Extra '}' found", place);
      this.braces = 0;
    }
    if (this.skipping > 0) {
      this.skipping -= 1;
      return;
    }
    this.requireBrace(place);
    if (this.open.length > 1) this.close(place);
    else this.log.add("Unknown keyword '}'", place);
  }

  /** The message of a block whose `{` is missing; it is open all the same. */
  private requireBrace(place: Place): void {
    if (this.awaited === 'block') {
      this.log.add("Missing '{' at beginning of configuration block", place);
    }
    this.awaited = undefined;
  }

  private close(place: Place): void {
    this.awaited = undefined;
    (this.open.pop() as Block<State>).end?.(this.state, place);
  }

  private other(words: readonly Word[], place: Place): boolean {
    const block = this.open.at(-1) as Block<State>;
    block.other?.(this.state, { words, place });
    return block.other !== undefined;
  }

  private statement(statement: Statement): void {
    if (this.skipping > 0) return;
    this.requireBrace(statement.place);
    const name = statement.words[0].text;
    const keyword = (this.open.at(-1) as Block<State>).keywords.get(name);
    if (keyword === undefined) this.unknown(name, statement);
    else if (keyword.needsWord === true && statement.words.length < 2) {
      this.log.add(missingWord(name), statement.place, 'fatal');
    } else this.run(keyword, statement);
  }

  private unknown(name: string, { words, place }: Statement): void {
    if (this.other(words, place)) return;
    this.log.add(`Unknown keyword '${name}'`, place);
    this.awaited = 'unknown';
  }

  private run({ run, block }: Keyword<State>, statement: Statement): void {
    const entered = run?.(this.state, statement) !== false;
    if (block === undefined || this.log.fatal) return;
    if (block === 'skipped' || !entered) this.awaited = 'skipped';
    else {
      this.awaited = 'block';
      this.open.push(block);
    }
  }
}

/**
 * What is said of a keyword whose word is missing.
 *
 * @param name - The keyword.
 * @returns The text.
 */
export function missingWord(name: string): string {
  return `*** Configuration line starting \`${name}\` is missing a parameter after keyword \`${name}\` at word position 2`;
}
