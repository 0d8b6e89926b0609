/**
 * Goes through the words of a line and distinguishes options, with their values, and plain words.
 *
 * Short options may be joined; a value may be joined too, follow `=`, or be the next word whatever
 * that looks like. Only an optional value must not begin with a dash when it is a word of its own.
 */
import { IpvsadmError, tryHelp } from './error.js';
import { findLong, findShort, type Spelling } from './options.js';
import type { Word } from './split.js';

/** An option as it was found in a line. */
export interface FoundOption {
  /** What it means. */
  readonly spelling: Spelling;
  /** The word it was written in. */
  readonly word: Word;
  /** Its value; `undefined` when there is none. */
  readonly value: Word | undefined;
}

/** Receives what a line consists of, in order. */
export interface LineReader {
  /**
   * An option was found.
   *
   * @param option - The option.
   */
  option(option: FoundOption): void;
  /**
   * A word that is no option was found.
   *
   * @param word - The word.
   */
  word(word: Word): void;
}

/**
 * Scans a line.
 *
 * @param words - Its words.
 * @param reader - Receives each option and word at once, so that it may refuse it before the next.
 * @throws {IpvsadmError} When an option is unknown, or its value is missing.
 */
export function scan(words: readonly Word[], reader: LineReader): void {
  new Scanner(words, reader).run();
}

class Scanner {
  private readonly words: readonly Word[];
  private readonly reader: LineReader;
  private next = 0;
  private first = true;

  constructor(words: readonly Word[], reader: LineReader) {
    this.words = words;
    this.reader = reader;
  }

  run(): void {
    let onlyWords = false;
    for (let word = this.take(); word !== undefined; word = this.take()) {
      const { text } = word;
      if (onlyWords || !text.startsWith('-') || text === '-') this.reader.word(word);
      else if (text === '--') onlyWords = true;
      else if (text.startsWith('--')) this.long(word);
      else this.short(word);
    }
  }

  private take(): Word | undefined {
    const word = this.words[this.next];
    this.next++;
    return word;
  }

  private long(word: Word): void {
    const equals = word.text.indexOf('=');
    const spelling = findLong(word.text.slice(2, equals < 0 ? undefined : equals));
    // A value behind an option that takes none makes it another, unknown one.
    if (spelling === undefined || (equals >= 0 && spelling.value === 'none')) this.unknown(word);
    const joined = equals < 0 ? undefined : partOf(word, equals + 1);
    this.found(spelling, word, joined);
  }

  private short(word: Word): void {
    for (let at = 1; at < word.text.length; at++) {
      const spelling = findShort(word.text.charAt(at));
      if (spelling === undefined) this.unknown(word);
      const rest = word.text.slice(at + 1);
      if (spelling.value !== 'none' && rest !== '') {
        this.found(spelling, word, partOf(word, rest.startsWith('=') ? at + 2 : at + 1));
        return;
      }
      this.found(spelling, word, undefined);
    }
  }

  private found(spelling: Spelling, word: Word, joined: Word | undefined): void {
    if (this.first && spelling.command === undefined) throw tryHelp(word.text, word.column);
    const value = joined ?? this.valueFor(spelling, word);
    this.first = false;
    this.reader.option({ spelling, word, value });
  }

  private valueFor(spelling: Spelling, word: Word): Word | undefined {
    if (spelling.value === 'none') return undefined;
    const next = this.words[this.next];
    if (spelling.value === 'optional') {
      return next === undefined || next.text.startsWith('-') ? undefined : this.take();
    }
    if (next === undefined) {
      if (this.first) throw tryHelp(word.text, word.column);
      throw new IpvsadmError(`${word.text}: missing argument`, { exitStatus: 255, ...word });
    }
    return this.take();
  }

  private unknown(word: Word): never {
    if (this.first) throw tryHelp(word.text, word.column);
    throw new IpvsadmError(`${word.text}: unknown option`, { exitStatus: 255, ...word });
  }
}

function partOf(word: Word, start: number): Word {
  return { text: word.text.slice(start), column: word.column + start };
}
