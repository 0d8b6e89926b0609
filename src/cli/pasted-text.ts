/**
 * The reader of texts that are no plain rules; see `text-reader.ts`, which loads it.
 */
import { listedDirector } from '../operations/listed-director.js';
import { understand } from '../operations/understand.js';
import { planReload } from '../operations/plan-reload.js';
import type { KeepalivedConfiguration } from '../keepalived/configuration.js';
import type { ParsedConfiguration } from '../keepalived/parse.js';
import { loadParsed, parseOptionsOf } from './keepalived-file.js';
import type { NamedText } from './named-text.js';
import type { TextReader } from './text-reader.js';

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
