/**
 * The files of a journal: the one in force, and the new one that will replace it. A file that cannot be written, as
 * on a full disk, makes the journal shorter and never stops the director.
 */
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import type { JournalFiles } from './journal.js';

const NONE = -1;

/** The journal of one director on disk. */
export class DiskJournal implements JournalFiles {
  /** How many writes have failed. */
  failures = 0;
  private readonly path: string;
  private present = NONE;
  private next = NONE;

  /** @param path - The file in force; `.new` is appended for the other one. */
  constructor(path: string) {
    this.path = path;
    this.attempt(() => {
      this.present = openSync(path, 'a', 0o600);
    });
  }

  append(bytes: Uint8Array, length: number): void {
    this.write(this.present, bytes, length);
  }

  begin(): void {
    this.close(this.next);
    this.attempt(() => {
      this.next = openSync(`${this.path}.new`, 'w', 0o600);
    });
  }

  appendNew(bytes: Uint8Array, length: number): void {
    this.write(this.next, bytes, length);
  }

  replace(): void {
    if (this.next === NONE) return;
    this.attempt(() => renameSync(`${this.path}.new`, this.path));
    this.close(this.present);
    this.present = this.next;
    this.next = NONE;
  }

  private write(descriptor: number, bytes: Uint8Array, length: number): void {
    if (descriptor === NONE) return;
    this.attempt(() => writeSync(descriptor, bytes, 0, length));
  }

  private close(descriptor: number): void {
    if (descriptor !== NONE) this.attempt(() => closeSync(descriptor));
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch {
      this.failures++;
    }
  }
}
