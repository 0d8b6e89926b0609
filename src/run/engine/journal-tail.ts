/**
 * The end of a journal that another process writes: what has come since it was read last.
 *
 * When the journal was replaced by a new one, reading goes on in that one, behind what the old one had. Cost: grows
 * with what has come, not with the journal.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { MARK_BYTES, readMark } from './journal-files.js';

const NONE = -1;
const CHUNK = 1 << 18;
const HEADER_BYTES = 4;
const LEAST_MESSAGE_BYTES = 8;

/** Reads a journal while it is written. */
export class JournalTail {
  /** Bytes that were read of all files so far. */
  bytesRead = 0;
  private readonly path: string;
  private readonly bytes = new Uint8Array(CHUNK);
  private descriptor = NONE;
  private position = 0;
  /** From where on the journal that replaces this one is new. */
  private nextPosition = 0;

  /** @param path - The journal in force. */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * Reads what has come.
   *
   * @param take - Takes each message, whose bytes are reused after the call.
   * @returns Whether the journal ends with a whole message, so that it can be continued.
   */
  read(take: (message: Uint8Array) => void): boolean {
    let isWhole = this.readFile(take);
    while (this.isReplaced()) isWhole = this.readFile(take);
    return isWhole;
  }

  /** Ends the reading. */
  close(): void {
    if (this.descriptor !== NONE) closeSync(this.descriptor);
    this.descriptor = NONE;
  }

  private readFile(take: (message: Uint8Array) => void): boolean {
    if (this.descriptor === NONE && !this.open()) return true;
    const { bytes, descriptor } = this;
    for (;;) {
      const length = readSync(descriptor, bytes, 0, CHUNK, this.position);
      const used = this.takeMessages(length, take);
      this.position += used;
      this.bytesRead += used;
      if (used === 0) return length === 0;
    }
  }

  /** Takes the whole messages among the bytes that were read; gives their length. */
  private takeMessages(length: number, take: (message: Uint8Array) => void): number {
    const { bytes } = this;
    let at = 0;
    while (at + HEADER_BYTES <= length) {
      const size = (bytes[at + 2] << 8) | bytes[at + 3];
      const end = at + (size === 0 ? MARK_BYTES : size);
      if (end > length || (size !== 0 && size < LEAST_MESSAGE_BYTES)) break;
      if (size === 0) this.nextPosition = readMark(bytes.subarray(at, end));
      else take(bytes.subarray(at, end));
      at = end;
    }
    return at;
  }

  private open(): boolean {
    try {
      this.descriptor = openSync(this.path, 'r');
      return true;
    } catch {
      return false;
    }
  }

  /** Goes on with the journal that has replaced this one, if there is one. */
  private isReplaced(): boolean {
    if (this.descriptor === NONE) return false;
    try {
      if (statSync(this.path).ino === fstatSync(this.descriptor).ino) return false;
    } catch {
      return false;
    }
    this.close();
    if (!this.open()) return false;
    this.position = this.nextPosition;
    this.nextPosition = 0;
    return true;
  }
}
