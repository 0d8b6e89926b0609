/**
 * The reader of texts that are no plain rules; see `text-reader.ts`, which loads it.
 */
import type { Director } from '../director/director.js';
import type { DirectorOptions } from '../director/director-options.js';
import type { CommandedDirector } from '../keepalived/machine/director-kernel.js';
import type { ReportedMessage } from './reported-message.js';
import type { UnderstoodText } from '../operations/understood-text.js';
import {
  listedDirector,
  type ListedDirectorOptions,
  type ListedState,
} from '../operations/listed-director.js';
import { understand, type UnderstandOptions } from '../operations/understand.js';
import { planReload, type ReloadPlan } from '../operations/plan-reload.js';
import type { KeepalivedConfiguration } from '../keepalived/configuration.js';
import type { ParsedConfiguration } from '../keepalived/parse.js';
import { loadParsed, parseOptionsOf } from './keepalived-file.js';
import type { NamedText } from './named-text.js';

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

/** Reads any text. */
export const pastedText: TextReader = {
  understand: (file, options) =>
    understand(file.text, { keepalived: parseOptionsOf(file), ...options }),
  load: loadParsed,
  reload: (present, wanted) => planReload(asRecorded(present), asRecorded(wanted)),
  follow: listedDirector,
};

/** A keepalived.conf as the program itself reads it. */
function asRecorded(file: NamedText): KeepalivedConfiguration {
  const keepalived = { ...parseOptionsOf(file), behavior: 'asRecorded' as const };
  const { keepalived: parsed } = understand(file.text, { kind: 'keepalived', keepalived });
  return (parsed as ParsedConfiguration).configuration;
}
