/**
 * The rules that a script hands to `ipvsadm -R`: a here-document, or what `echo`, `printf` and `cat` write.
 */
import { type RuleLine, ruleLinesOf } from '../../ipvsadm/numbered-lines.js';
import { expandDocument, expandWords } from './expand.js';
import type { Node, Redirection } from './nodes.js';
import type { Variables } from './variables.js';

/**
 * Reads the rules of a command's input, or of a command's output that is the input.
 *
 * @param node - The command with the here-document, or the command in front of the tool.
 * @param variables - The variables.
 * @returns The rules; `undefined` when they are not in the script.
 * @throws {Unresolved} When a value cannot be known.
 */
export function rulesOfInput(node: Node, variables: Variables): RuleLine[] | undefined {
  if (node.kind !== 'command') return undefined;
  const document = node.redirections.find(({ operator }) => operator.startsWith('<<'));
  if (document !== undefined) return rulesOfDocument(document, node.line, variables);
  const [name, ...rest] = expandWords(node.words, variables);
  if (name !== 'echo' && name !== 'printf') return undefined;
  return placed(
    outputOf(name, rest),
    node.line,
    node.words.some((word) => word.includes('\n')),
  );
}

function rulesOfDocument(
  { document, target }: Redirection,
  line: number,
  variables: Variables,
): RuleLine[] {
  if (document === undefined)
    return placed(expandWords([target], variables).join(' '), line, false);
  const text = document.literal ? document.text : expandDocument(document.text, variables);
  return placed(text, document.line, true);
}

function outputOf(name: string, words: readonly string[]): string {
  const texts = words.filter((word) => !/^-(?:[neE]+|-)$/.test(word));
  const [format = '', ...values] = texts;
  let text = texts.join(' ');
  if (name === 'printf') {
    text = '';
    // What is left is written in the same format again.
    do text += format.replaceAll(/%[sd]/g, () => values.shift() ?? '');
    while (values.length > 0 && /%[sd]/.test(format));
  }
  return text.replaceAll('\\n', '\n');
}

/** The rules of a text; each in its own line, or all in one. */
function placed(text: string, first: number, inLines: boolean): RuleLine[] {
  return [...ruleLinesOf(text)].map((rule) => ({
    ...rule,
    line: inLines ? first + rule.line - 1 : first,
  }));
}
