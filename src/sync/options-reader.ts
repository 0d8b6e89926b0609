/**
 * Reads the options behind an entry of a version 1 message.
 */
import {
  OPTION_ENGINE_DATA,
  OPTION_ENGINE_NAME,
  OPTION_HEAD_BYTES,
  OPTION_MAY_SKIP,
  OPTION_SEQUENCE,
} from './message-format.js';
import { MAX_ENGINE_NAME_BYTES, SEQUENCE_BYTES, type SyncEntry } from './sync-entry.js';

/** What is wrong with options: the last one costs the entry only, the others the rest of the message. */
export type OptionsFault =
  'option-malformed' | 'option-twice' | 'option-length-wrong' | 'option-unknown';

/** Puts options into an entry. */
export class OptionsReader {
  private seen = 0;

  /**
   * Reads options.
   *
   * @param entry - Where they go, as views.
   * @param bytes - The message.
   * @param start - Where the first one begins.
   * @param end - Where the entry ends; within the message.
   * @returns What is wrong; `undefined` = nothing.
   */
  read(entry: SyncEntry, bytes: Uint8Array, start: number, end: number): OptionsFault | undefined {
    this.seen = 0;
    let at = start;
    while (at < end) {
      const data = at + OPTION_HEAD_BYTES;
      if (data > end) return 'option-malformed';
      const length = bytes[at + 1];
      if (length === 0 || data + length > end) return 'option-malformed';
      const fault = this.take(entry, bytes[at], bytes.subarray(data, data + length));
      if (fault !== undefined) return fault;
      at = data + length;
    }
    return undefined;
  }

  private take(entry: SyncEntry, type: number, data: Uint8Array): OptionsFault | undefined {
    const kind = type & ~OPTION_MAY_SKIP;
    if (kind < OPTION_SEQUENCE || kind > OPTION_ENGINE_NAME) {
      return (type & OPTION_MAY_SKIP) === 0 ? 'option-unknown' : undefined;
    }
    if ((this.seen & (1 << kind)) !== 0) return 'option-twice';
    this.seen |= 1 << kind;
    if (kind === OPTION_SEQUENCE) {
      if (data.length !== SEQUENCE_BYTES) return 'option-length-wrong';
      entry.sequence = data;
    } else if (kind === OPTION_ENGINE_DATA) {
      entry.engineData = data;
    } else {
      if (data.length > MAX_ENGINE_NAME_BYTES) return 'option-length-wrong';
      entry.engineName = asciiOf(data);
    }
    return undefined;
  }
}

function asciiOf(data: Uint8Array): string {
  let text = '';
  for (const byte of data) text += String.fromCharCode(byte);
  return text;
}
