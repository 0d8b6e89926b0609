/**
 * The capture that is written: to a file or to standard output.
 *
 * Bytes that stay where they were read are gathered as ranges and written from there in one call; others
 * are copied into a buffer. A file that is read and written at once is written beside itself first.
 */
import { closeSync, openSync, renameSync, rmSync, statSync, type Stats } from 'node:fs';
import type { ByteSink } from '../../captures/index.js';
import { OutputError, writeFully } from '../output.js';
import { fileErrorReason } from '../file-error.js';

const BUFFER = 1 << 17;
/** Shorter ranges are copied, so that they are written together. */
const LEAST_DIRECT = 1 << 14;
const NO_BYTES = new Uint8Array(0);

/** A capture that is written. */
export class CaptureOutput implements ByteSink {
  private readonly name: string;
  private readonly path: string | undefined;
  private readonly writtenPath: string;
  private readonly descriptor: number;
  private readonly buffer = new Uint8Array(BUFFER);
  private pending = 0;
  private range: Uint8Array = NO_BYTES;
  private rangeStart = 0;
  private rangeEnd = 0;

  /**
   * @param path - The file, or `-` for standard output.
   * @param isInput - Whether a file is the one that is read.
   * @throws {OutputError} When it cannot be opened.
   */
  constructor(path: string, isInput: (stats: Stats) => boolean) {
    this.name = path === '-' ? 'standard output' : path;
    this.path = path === '-' ? undefined : path;
    const stats = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
    const isInPlace = stats !== undefined && isInput(stats);
    this.writtenPath = isInPlace ? `${path}.${process.pid}.part` : path;
    try {
      this.descriptor = path === '-' ? 1 : openSync(this.writtenPath, 'w');
    } catch (error) {
      throw new OutputError(`${this.name}: cannot be written: ${fileErrorReason(error)}`);
    }
  }

  keep(bytes: Uint8Array, start: number, end: number): void {
    if (bytes === this.range && start === this.rangeEnd) {
      this.rangeEnd = end;
      return;
    }
    this.endRange();
    this.range = bytes;
    this.rangeStart = start;
    this.rangeEnd = end;
  }

  put(bytes: Uint8Array, start: number, end: number): void {
    this.endRange();
    this.copy(bytes, start, end);
  }

  /** Writes or copies the range that was kept; to be called before its bytes change. */
  endRange(): void {
    const { range, rangeStart, rangeEnd } = this;
    this.rangeStart = rangeEnd;
    if (rangeEnd === rangeStart) return;
    this.range = NO_BYTES;
    this.rangeEnd = 0;
    this.rangeStart = 0;
    if (rangeEnd - rangeStart < LEAST_DIRECT) {
      this.copy(range, rangeStart, rangeEnd);
      return;
    }
    this.flush();
    writeFully(this.descriptor, this.name, range.subarray(rangeStart, rangeEnd));
  }

  /** Writes out what was gathered, so that others can see it. */
  flushAll(): void {
    this.endRange();
    this.flush();
  }

  /**
   * Writes out what is left and closes the file.
   *
   * @throws {OutputError} When it cannot be written; it is closed all the same.
   */
  close(): void {
    try {
      this.flushAll();
    } catch (error) {
      this.abandon();
      throw error;
    }
    if (this.path === undefined) return;
    closeSync(this.descriptor);
    if (this.writtenPath !== this.path) renameSync(this.writtenPath, this.path);
  }

  /** Closes the file without writing what is left, since something else failed. */
  abandon(): void {
    if (this.path === undefined) return;
    closeSync(this.descriptor);
    if (this.writtenPath !== this.path) rmSync(this.writtenPath, { force: true });
  }

  private copy(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.pending + length > BUFFER) this.flush();
    if (length > BUFFER) {
      writeFully(this.descriptor, this.name, bytes.subarray(start, end));
      return;
    }
    const { buffer, pending } = this;
    if (length <= 32) for (let at = 0; at < length; at++) buffer[pending + at] = bytes[start + at];
    else buffer.set(bytes.subarray(start, end), pending);
    this.pending = pending + length;
  }

  private flush(): void {
    const { pending } = this;
    this.pending = 0;
    if (pending > 0) writeFully(this.descriptor, this.name, this.buffer.subarray(0, pending));
  }
}
