/**
 * The files of a journal: the one in force, and the new one that will replace it. A file that cannot be written, as
 * on a full disk, never stops the director.
 *
 * The one that is replaced ends with a mark that says from where on the new one has what the old one has not, so
 * that a reader of the old one need not read all of the new one.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';
import type { JournalFiles } from './journal-writer.js';

const NONE = -1;
/** The mark: a message without length, and a position. */
export const MARK_BYTES = 12;
const MARK_POSITION = 4;

/** The journal of one director on disk; it is open for writing after {@link DiskJournal.open}. */
export class DiskJournal implements JournalFiles {
  /** How many writes have failed. */
  failures = 0;
  private readonly path: string;
  private present = NONE;
  private presentBytes = 0;
  private next = NONE;
  private nextBytes = 0;

  /** @param path - The file in force; `.new` is appended for the other one. */
  constructor(path: string) {
    this.path = path;
  }

  /** Opens the file in force, to which messages are appended. */
  open(): void {
    this.attempt(() => {
      this.present = openSync(this.path, 'a', 0o600);
      this.presentBytes = fstatSync(this.present).size;
    });
  }

  append(bytes: Uint8Array, length: number): boolean {
    const isWritten = this.write(this.present, bytes, length, this.presentBytes);
    if (isWritten) this.presentBytes += length;
    return isWritten;
  }

  begin(): void {
    this.close(this.next);
    this.next = NONE;
    this.nextBytes = 0;
    this.attempt(() => {
      this.next = openSync(`${this.path}.new`, 'w', 0o600);
    });
  }

  appendNew(bytes: Uint8Array, length: number): boolean {
    const isWritten = this.write(this.next, bytes, length, this.nextBytes);
    if (isWritten) this.nextBytes += length;
    return isWritten;
  }

  replace(): boolean {
    if (this.next === NONE) return false;
    this.append(markAt(this.nextBytes), MARK_BYTES);
    if (!this.attempt(() => renameSync(`${this.path}.new`, this.path))) return false;
    this.close(this.present);
    this.present = this.next;
    this.presentBytes = this.nextBytes;
    this.next = NONE;
    return true;
  }

  /** Writes all of a message, or nothing of it: a reader must find the end of each. */
  private write(descriptor: number, bytes: Uint8Array, length: number, before: number): boolean {
    if (descriptor === NONE) return false;
    const isWritten = this.attempt(() => {
      if (writeSync(descriptor, bytes, 0, length) < length) throw new Error('the disk is full');
    });
    if (!isWritten) this.attempt(() => ftruncateSync(descriptor, before));
    return isWritten;
  }

  private close(descriptor: number): void {
    if (descriptor !== NONE) this.attempt(() => closeSync(descriptor));
  }

  private attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch {
      this.failures++;
      return false;
    }
  }
}

/**
 * Reads the mark at the end of a journal that was replaced.
 *
 * @param bytes - Its {@link MARK_BYTES} bytes.
 * @returns From where on the new journal is new.
 */
export function readMark(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(MARK_POSITION);
}

function markAt(position: number): Uint8Array {
  const mark = new Uint8Array(MARK_BYTES);
  new DataView(mark.buffer).setFloat64(MARK_POSITION, position);
  return mark;
}
