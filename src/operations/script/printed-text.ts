/**
 * What a command reads from a here-document or here-string, and what `echo`, `printf` and `cat` write.
 */
import { expandDocument, expandWords } from './expand.js';
import type { Node, Redirection } from './nodes.js';
import { Unresolved, type Variables } from './variables.js';

/** A text of a script. */
export interface PrintedText {
  readonly text: string;
  /** The number of its first line. */
  readonly line: number;
  /** Whether its lines are lines of the script. */
  readonly inLines: boolean;
}

/**
 * The text that a command reads because of its redirections.
 *
 * @param redirections - The redirections.
 * @param line - The number of the command's line.
 * @param variables - The variables.
 * @returns The text; `undefined` when they give none.
 * @throws {Unresolved} When a value cannot be known.
 */
export function inputText(
  redirections: readonly Redirection[],
  line: number,
  variables: Variables,
): PrintedText | undefined {
  const found = redirections.find(({ operator }) => operator.startsWith('<<'));
  if (found === undefined) return undefined;
  const { document, target } = found;
  if (document === undefined)
    return { text: `${expandWords([target], variables).join(' ')}\n`, line, inLines: false };
  const text = document.literal ? document.text : expandDocument(document.text, variables);
  return { text: text === '' ? '' : `${text}\n`, line: document.line, inLines: true };
}

/**
 * The text that a command writes.
 *
 * @param node - The command.
 * @param variables - The variables.
 * @returns The text; `undefined` when it is none of `echo`, `printf` and `cat` of a here-document.
 * @throws {Unresolved} When a value cannot be known.
 */
export function outputText(node: Node, variables: Variables): PrintedText | undefined {
  if (node.kind !== 'command') return undefined;
  const { words, line, redirections } = node;
  const [name = '', ...rest] = expandWords(words, variables);
  if (/^(?:sudo )?cat(?: -)?$/.test(words.join(' ')))
    return inputText(redirections, line, variables);
  if (name !== 'echo' && name !== 'printf') return undefined;
  const text = name === 'echo' ? echoed(rest) : formatted(rest);
  return { text, line, inLines: words.some((word) => word.includes('\n')) };
}

/** An `echo` that knows `-e`, and one that does not, both write rules in lines of their own. */
function echoed(words: readonly string[]): string {
  const isOption = (word: string): boolean => /^-[neE]+$/.test(word);
  const from = words.findIndex((word) => !isOption(word));
  const texts = from < 0 ? [] : words.slice(from);
  const options = from < 0 ? words : words.slice(0, from);
  const text = texts.join(' ').replaceAll(String.raw`\n`, '\n');
  return options.some((option) => option.includes('n')) ? text : `${text}\n`;
}

function formatted(words: readonly string[]): string {
  const [format = '', ...values] = words[0] === '--' ? words.slice(1) : words;
  const other = /%(?![%sd])\S?|\\[^nt\\]/.exec(format)?.[0];
  if (other !== undefined) throw new Unresolved(other, String.raw`a format with %s, %d and \n`);
  let text = '';
  // What is left is written in the same format again.
  do text += format.replaceAll(/%[sd%]|\\[nt\\]/g, (part) => partOf(part, values));
  while (values.length > 0 && /%[sd]/.test(format));
  return text;
}

function partOf(part: string, values: string[]): string {
  if (part === '%%') return '%';
  if (part === String.raw`\n`) return '\n';
  if (part === String.raw`\t`) return '\t';
  if (part.startsWith('\\')) return '\\';
  return values.shift() ?? (part === '%d' ? '0' : '');
}
