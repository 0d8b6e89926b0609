/**
 * Reads texts that are no plain rules: scripts, keepalived.conf, listings, settings.
 *
 * It is most of what a command would load, so it is loaded for these texts alone.
 */
import { inputKindOf } from '../operations/input-kind.js';
import type { TextReader } from './pasted-text.js';

/** What a text begins with, or has in it, that is not read as it is. */
const FENCE_OR_MARK = /^\uFEFF|^[ \t]*(?:```|~~~|>)/m;

/**
 * Loads what a text needs.
 *
 * @param text - The text.
 * @param isTwin - Whether it is the folder of a twin.
 * @returns The reader; `undefined` for plain rules, which need none.
 */
export async function readerFor(text: string, isTwin: boolean): Promise<TextReader | undefined> {
  const isPlain = !isTwin && inputKindOf(text) === 'ipvsadm' && !FENCE_OR_MARK.test(text);
  return isPlain ? undefined : (await import('./pasted-text.js')).pastedText;
}
