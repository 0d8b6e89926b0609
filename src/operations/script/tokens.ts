/**
 * The tokens of a shell script: words with their quotes, operators, ends of lines, here-documents.
 * Source: POSIX.1-2017, Shell Command Language, section 2.3; `[[`, `&>`, `<<<` and lists are those of bash.
 */
import { TextError } from '../text-error.js';
import type { HereDocument } from './nodes.js';
import { wordEnd } from './word-end.js';

/** One token. */
export interface Token {
  /** What it is; `end` is the end of the script. */
  readonly kind: 'word' | 'operator' | 'newline' | 'end';
  /** As it is written. */
  readonly text: string;
  /** The number of its line. */
  readonly line: number;
  /** The document that a here-document operator announces; it follows in the text. */
  readonly document?: { value: HereDocument | undefined };
}

const OPERATOR = /^(?:\d*(?:<<<|<<-|<<|<&|<>|>>|>&|>\||<|>)|&>>|&>|;;&|;;|;&|&&|\|\||\|&|[;&|()])/;

/**
 * Divides a script into tokens.
 *
 * @param script - The script.
 * @param line - The number of its first line.
 * @returns The tokens, the last of which is the end.
 * @throws {TextError} When a quotation or here-document has no end.
 */
export function tokensOf(script: string, line: number): Token[] {
  return new Lexer(script, line).run();
}

class Lexer {
  private readonly text: string;
  private readonly tokens: Token[] = [];
  private readonly waiting: { readonly holder: Token; readonly strip: boolean }[] = [];
  private at = 0;
  private line: number;

  constructor(text: string, line: number) {
    this.text = text;
    this.line = line;
  }

  run(): Token[] {
    while (this.at < this.text.length) this.step();
    this.tokens.push({ kind: 'end', text: '', line: this.line });
    return this.tokens;
  }

  private step(): void {
    const { text, at } = this;
    const character = text.charAt(at);
    if (character === '\n') this.newline();
    else if (character === '\\' && text.charAt(at + 1) === '\n') this.skip(2);
    else if (/\s/.test(character)) this.skip(1);
    else if (character === '#') this.skip(this.restOfLine());
    else if (/^[<>]\($/.test(text.slice(at, at + 2))) this.word();
    else if (!this.operator()) this.word();
  }

  private operator(): boolean {
    const text = OPERATOR.exec(this.text.slice(this.at, this.at + 8))?.[0];
    if (text === undefined) return false;
    const isDocument = /^\d*<<-?$/.test(text);
    const token: Token = {
      kind: 'operator',
      text,
      line: this.line,
      ...(isDocument && { document: { value: undefined } }),
    };
    this.tokens.push(token);
    if (isDocument) this.waiting.push({ holder: token, strip: text.endsWith('-') });
    this.skip(text.length);
    return true;
  }

  private word(): void {
    const end = wordEnd(this.text, this.at);
    if (end < 0) {
      const found = this.text.slice(this.at, this.at + this.restOfLine());
      throw new TextError({ line: this.line, found, allowed: 'the end of a quotation' });
    }
    const text = this.text.slice(this.at, end);
    this.tokens.push({ kind: 'word', text: text.replaceAll('\\\n', ''), line: this.line });
    this.skip(text.length);
  }

  private newline(): void {
    this.tokens.push({ kind: 'newline', text: '\n', line: this.line });
    this.skip(1);
    for (const { holder, strip } of this.waiting.splice(0)) this.document(holder, strip);
  }

  /** Reads a here-document, up to the line that is its delimiter, or to the end. */
  private document(holder: Token, strip: boolean): void {
    const raw = this.tokens[this.tokens.indexOf(holder) + 1]?.text ?? '';
    const delimiter = raw.replaceAll(/['"\\]/g, '');
    const first = this.line;
    const lines: string[] = [];
    while (this.at < this.text.length) {
      const line = this.text.slice(this.at, this.at + this.restOfLine());
      this.skip(line.length + 1);
      const bare = strip ? line.replace(/^\t+/, '') : line;
      if (bare.trimEnd() === delimiter) break;
      lines.push(bare);
    }
    if (holder.document === undefined) return;
    holder.document.value = { text: lines.join('\n'), line: first, literal: raw !== delimiter };
  }

  private restOfLine(): number {
    const end = this.text.indexOf('\n', this.at);
    return (end < 0 ? this.text.length : end) - this.at;
  }

  private skip(count: number): void {
    const passed = this.text.slice(this.at, this.at + count);
    this.line += passed.split('\n').length - 1;
    this.at += count;
  }
}
