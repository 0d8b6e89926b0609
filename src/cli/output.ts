/**
 * Writing to descriptors: everything, at the reader's pace, and with a failure that names the place.
 *
 * Writes are synchronous, so a slow reader slows the command down instead of filling its memory, and a
 * full disk ends it at the write that failed. A pipe that another process made non-blocking is tried
 * again after a moment.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { fileErrorReason } from './file-error.js';
import { pause } from './pause.js';

/** Bytes that are gathered before they are written. */
const CHUNK = 1 << 20;

/** An output cannot be written; the message names it and says why. */
export class OutputError extends Error {}

/** The reader of an output went away: usual in `ipvs … | head`, so the command ends quietly. */
export class ReaderGone extends OutputError {}

/**
 * Writes all bytes, and waits as long as the reader needs.
 *
 * @param descriptor - Where to.
 * @param name - What the output is called in messages.
 * @param bytes - What to write.
 * @throws {ReaderGone} When no reader is left.
 * @throws {OutputError} When writing fails, for example on a full disk.
 */
export function writeFully(descriptor: number, name: string, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw outputError(name, error);
      pause();
    }
  }
}

/** A file that is written a mebibyte at a time. */
export class OutputFile {
  private readonly name: string;
  private readonly descriptor: number;
  private parts: Uint8Array[] = [];
  private pendingBytes = 0;

  /**
   * @param path - The file; its previous contents are lost.
   * @throws {OutputError} When it cannot be opened.
   */
  constructor(path: string) {
    this.name = path;
    try {
      this.descriptor = openSync(path, 'w');
    } catch (error) {
      throw outputError(path, error);
    }
  }

  /**
   * Adds bytes.
   *
   * @param bytes - What to write; must not change afterwards.
   * @throws {OutputError} When the file cannot be written.
   */
  write(bytes: Uint8Array): void {
    this.parts.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes >= CHUNK) this.flush();
  }

  /**
   * Writes what is left, and closes the file.
   *
   * @throws {OutputError} When the file cannot be written; it is closed all the same.
   */
  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.descriptor);
    }
  }

  private flush(): void {
    const bytes = Buffer.concat(this.parts);
    this.parts = [];
    this.pendingBytes = 0;
    writeFully(this.descriptor, this.name, bytes);
  }
}

function outputError(name: string, error: unknown): OutputError {
  const message = `${name}: cannot be written: ${fileErrorReason(error)}`;
  const gone = (error as NodeJS.ErrnoException).code === 'EPIPE';
  return gone ? new ReaderGone(message) : new OutputError(message);
}
