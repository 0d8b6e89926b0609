/**
 * A file of recorded decisions: read, decompressed and ready to be recognized.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../../src/cli/command.js';
import { fileErrorReason } from '../../src/cli/file-error.js';
import type { ReplayResult } from './tally.js';

/** The file descriptor of standard input. */
const STANDARD_INPUT = 0;

/** The content of a file, in the three views by which formats are recognized. */
export interface Recording {
  /** The path as it was given; other files of the recording are beside it. */
  readonly path: string;
  /** The text, decompressed. */
  readonly text: string;
  /** The whole text read as one JSON document, or `undefined` when it is none. */
  readonly document: unknown;
  /** The first line read as JSON, or `undefined` when it is none: the header of JSON Lines. */
  readonly header: unknown;
}

/** Something that replays the recordings of one format. */
export interface Replayer {
  /** The name of the format, for messages. */
  readonly format: string;
  /** The names of files that are recordings when a folder is replayed. */
  readonly files: RegExp;
  /** The names of files that only accompany others, and are not replayed for themselves; default: none. */
  readonly companions?: RegExp;
  /**
   * Whether a file has this format.
   *
   * @param recording - The file.
   * @returns `true` when it has.
   */
  recognizes(recording: Recording): boolean;
  /**
   * Makes every recorded decision again.
   *
   * @param recording - A file of this format.
   * @returns What was the same and what was not.
   * @throws {InputError} When the file is damaged.
   */
  replay(recording: Recording): ReplayResult | Promise<ReplayResult>;
}

/**
 * Reads a file, plain or gzip.
 *
 * @param path - Its path; `-` is standard input.
 * @returns Its content.
 * @throws {InputError} When it cannot be read or decompressed.
 */
export function readRecording(path: string): Recording {
  try {
    const bytes = readFileSync(path === '-' ? STANDARD_INPUT : path);
    const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return recordingOf(path, (zipped ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    throw new InputError(`cannot be read: ${fileErrorReason(error)}`);
  }
}

/**
 * Makes a recording of text that is in memory.
 *
 * @param path - What to call it.
 * @param text - The content.
 * @returns The recording; its JSON is read when first looked at.
 */
export function recordingOf(path: string, text: string): Recording {
  const document = lazily(() => tryParse(text));
  const header = lazily(() => tryParse(text.slice(0, endOfLine(text))));
  return {
    path,
    text,
    get document() {
      return document();
    },
    get header() {
      return header();
    },
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function endOfLine(text: string): number {
  const end = text.indexOf('\n');
  return end < 0 ? text.length : end;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
