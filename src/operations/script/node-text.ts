/**
 * How a part of a script is named in messages.
 */
import type { Node } from './nodes.js';

/**
 * Names a part of a script.
 *
 * @param node - The part.
 * @returns The words of its first command; of compound commands the kind.
 */
export function textOf(node: Node): string {
  if (node.kind === 'command') return node.words.join(' ') || (node.assignments[0]?.name ?? '');
  if (node.kind === 'pipeline') return node.parts.map((part) => textOf(part)).join(' | ');
  return node.kind === 'chain' ? textOf(node.first) : node.kind;
}
