/**
 * The reader of texts that are no plain rules; see `text-reader.ts`, which loads it.
 */
import { listedDirector } from '../operations/listed-director.js';
import { understand } from '../operations/understand.js';
import { loadParsed, parseOptionsOf } from './keepalived-file.js';
import type { TextReader } from './text-reader.js';

/** Reads any text. */
export const pastedText: TextReader = {
  understand: (file, options) =>
    understand(file.text, { keepalived: parseOptionsOf(file), ...options }),
  load: loadParsed,
  follow: listedDirector,
};
