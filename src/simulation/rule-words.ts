/**
 * A line of rules as a sequence of options, each with the column it stands in.
 *
 * Words are split at blanks. Short options join (`-At`), and a value is joined, follows `=`, or is the next
 * word; the optional value of `-p` is the next word unless that begins with `-`. Source: ipvsadm(8).
 */
import { RulesError } from './rules-error.js';

/** An option as it stands in a line. */
export interface RuleOption {
  /** Its long name, without dashes. */
  readonly name: string;
  /** Its value, when it has one. */
  readonly value?: string;
  /** The column of its value, or else of the option itself; from 1. */
  readonly column: number;
}

type Value = 'none' | 'optional' | 'required';

interface OptionForm {
  readonly short?: string;
  readonly value: Value;
}

/** The options of the two commands that build a configuration. */
const FORMS: Readonly<Record<string, OptionForm>> = {
  'add-service': { short: 'A', value: 'none' },
  'add-server': { short: 'a', value: 'none' },
  'tcp-service': { short: 't', value: 'required' },
  'udp-service': { short: 'u', value: 'required' },
  'sctp-service': { value: 'required' },
  'fwmark-service': { short: 'f', value: 'required' },
  ipv6: { short: '6', value: 'none' },
  scheduler: { short: 's', value: 'required' },
  persistent: { short: 'p', value: 'optional' },
  netmask: { short: 'M', value: 'required' },
  ops: { short: 'o', value: 'none' },
  'sched-flags': { short: 'b', value: 'required' },
  'real-server': { short: 'r', value: 'required' },
  gatewaying: { short: 'g', value: 'none' },
  ipip: { short: 'i', value: 'none' },
  masquerading: { short: 'm', value: 'none' },
  weight: { short: 'w', value: 'required' },
  'u-threshold': { short: 'x', value: 'required' },
  'l-threshold': { short: 'y', value: 'required' },
  'tun-type': { value: 'required' },
  'tun-port': { value: 'required' },
  'tun-nocsum': { value: 'none' },
  'tun-csum': { value: 'none' },
  'tun-remcsum': { value: 'none' },
};

const longNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(FORMS).map(([name, { short }]) => [short ?? name, name]),
);

interface Word {
  readonly text: string;
  readonly column: number;
}

/**
 * Splits a line into options.
 *
 * @param line - One line, without its end.
 * @param lineNumber - Its number in the file, from 1, for messages.
 * @returns The options in order; none for a blank line or a comment.
 * @throws {RulesError} On an unknown option, a missing value or a word that is no option.
 */
export function readOptions(line: string, lineNumber: number): RuleOption[] {
  const reader = new LineReader(wordsOf(line), lineNumber);
  return reader.read();
}

function wordsOf(line: string): Word[] {
  const code = line.replace(/(^|\s)#.*$/, '');
  const words = [...code.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    column: match.index + 1,
  }));
  return words[0]?.text === 'ipvsadm' ? words.slice(1) : words;
}

class LineReader {
  private next = 0;
  private readonly options: RuleOption[] = [];
  private readonly words: readonly Word[];
  private readonly line: number;

  constructor(words: readonly Word[], line: number) {
    this.words = words;
    this.line = line;
  }

  read(): RuleOption[] {
    while (this.next < this.words.length) {
      const word = this.words[this.next] as Word;
      this.next += 1;
      if (word.text.startsWith('--')) this.readLong(word);
      else if (word.text.startsWith('-') && word.text.length > 1) this.readShort(word);
      else this.fail(word, `unexpected argument ${word.text}`);
    }
    return this.options;
  }

  private readLong(word: Word): void {
    const [, name = '', joined] = /^--([^=]*)(?:=(.*))?$/.exec(word.text) ?? [];
    const form = Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
    if (form === undefined || (joined !== undefined && form.value === 'none')) {
      this.fail(word, `${word.text}: unknown option`);
    }
    if (joined === undefined) this.add(name, form.value, word, word.text);
    else this.push(name, joined, word.column + name.length + 3);
  }

  /** Reads `-t`, `-t1.2.3.4:80`, `-t=1.2.3.4:80` and joined ones such as `-At`. */
  private readShort(word: Word): void {
    for (let at = 1; at < word.text.length; at++) {
      const letter = word.text.charAt(at);
      const name = Object.hasOwn(longNames, letter) ? longNames[letter] : undefined;
      const form = name === undefined ? undefined : FORMS[name];
      if (name === undefined || form === undefined) {
        this.fail({ ...word, column: word.column + at }, `-${letter}: unknown option`);
      }
      const rest = word.text.slice(at + 1);
      if (form.value === 'none' || rest === '') {
        this.add(name, form.value, { ...word, column: word.column + at }, `-${letter}`);
      } else {
        const skip = rest.startsWith('=') ? 1 : 0;
        this.push(name, rest.slice(skip), word.column + at + 1 + skip);
        return;
      }
    }
  }

  /** Adds an option whose value, if it takes one, is the next word. */
  private add(name: string, value: Value, word: Word, written: string): void {
    const following = this.words[this.next];
    if (value === 'none' || (value === 'optional' && (following?.text ?? '-').startsWith('-'))) {
      this.push(name, undefined, word.column);
      return;
    }
    if (following === undefined) this.fail(word, `${written}: missing argument`);
    this.next += 1;
    this.push(name, following.text, following.column);
  }

  private push(name: string, value: string | undefined, column: number): void {
    this.options.push(value === undefined ? { name, column } : { name, value, column });
  }

  private fail(word: Word, message: string): never {
    throw new RulesError(this.line, word.column, message);
  }
}
