/**
 * Reads texts that are no plain rules: scripts, keepalived.conf, listings, settings.
 *
 * It is most of what a command would load, so it is loaded for these texts alone.
 */
import type { Director } from '../director/director.js';
import type { DirectorOptions } from '../director/director-options.js';
import type { ParsedConfiguration } from '../keepalived/parse.js';
import type { CommandedDirector } from '../keepalived/machine/director-kernel.js';
import type { ListedDirectorOptions, ListedState } from '../operations/listed-director.js';
import { inputKindOf } from '../operations/input-kind.js';
import type { ReloadPlan } from '../operations/plan-reload.js';
import type { UnderstandOptions } from '../operations/understand.js';
import type { UnderstoodText } from '../operations/understood-text.js';
import type { NamedText } from './named-text.js';
import type { ReportedMessage } from './reported-message.js';

/** What is done with a text that is no plain rules. */
export interface TextReader {
  /**
   * Understands a text.
   *
   * @param file - The text.
   * @param options - How it is read.
   * @returns What it comes to.
   * @throws {TextError} When it is not understood.
   */
  understand(file: NamedText, options: UnderstandOptions): UnderstoodText;
  /**
   * Puts the rules of a keepalived.conf on a director.
   *
   * @param file - The file.
   * @param parsed - What it says.
   * @param director - The director.
   * @returns What is to be said, in order.
   */
  load(
    file: NamedText,
    parsed: ParsedConfiguration,
    director: CommandedDirector,
  ): ReportedMessage[];
  /**
   * Plans a reload of keepalived.
   *
   * @param present - The keepalived.conf that is in force.
   * @param wanted - The one that is reloaded.
   * @returns What the program sends.
   */
  reload(present: NamedText, wanted: NamedText): ReloadPlan;
  /** Makes the director of a listing; see {@link ListedState}. */
  follow(
    director: Director,
    listed: ListedState,
    options: DirectorOptions,
    following?: ListedDirectorOptions,
  ): Director;
}

/** What a text begins with, or has in it, that is not read as it is. */
const FENCE_OR_MARK = /^\uFEFF|^[ \t]*(?:```|~~~)/m;

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
