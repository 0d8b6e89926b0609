/**
 * Where a capture is read from: a file, standard input or a file that grows; packed by gzip or zstd or not.
 *
 * Plain bytes are read into the reader's own buffer; unpacked ones are copied there once.
 */
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import type { CaptureReader } from '../../captures/index.js';
import { InputError } from '../command.js';
import { fileErrorReason } from '../file-error.js';
import { pause } from '../pause.js';
import { Unpacker } from './unpacker.js';
import type { Interruption } from './until-interrupted.js';

const CHUNK = 1 << 18;
/** How often a growing file is looked at. */
const FOLLOW_MS = 200;
/** The first bytes of packed files, most significant first. */
const GZIP = 0x1f8b;
const ZSTD = 0x28b52ffd;

/** The bytes of a capture. */
export class CaptureSource {
  /** What it is called in messages. */
  readonly name: string;
  /** How many bytes the file has; 0 when that is unknown. */
  readonly lengthBytes: number;
  /** How many of them were read. */
  readBytes = 0;
  /** Why unpacking ended early; `undefined` when it did not. */
  damage: string | undefined = undefined;
  /** Called when everything that is there of a growing file was read, before each pause. */
  onCaughtUp: () => void = () => undefined;
  private readonly descriptor: number;
  private readonly stats: Stats;
  private readonly following: Interruption | undefined;
  private unpacker: Unpacker | undefined = undefined;
  private isFresh = true;

  /**
   * @param path - The file, or `-` for standard input.
   * @param following - Given when the file grows.
   * @throws {InputError} When it cannot be read.
   */
  constructor(path: string, following?: Interruption) {
    this.name = path === '-' ? 'standard input' : path;
    this.following = following;
    try {
      this.descriptor = path === '-' ? 0 : openSync(path, 'r');
      this.stats = fstatSync(this.descriptor);
      if (this.stats.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    } catch (error) {
      throw this.failure(error);
    }
    this.lengthBytes = this.stats.isFile() ? this.stats.size : 0;
  }

  /**
   * Whether this is the same file as another one.
   *
   * @param other - What is known of the other one.
   * @returns `true` when writing there would overwrite what is still to be read.
   */
  isSameFile(other: Stats): boolean {
    const { dev, ino } = this.stats;
    return this.stats.isFile() && other.dev === dev && other.ino === ino;
  }

  /**
   * Hands the next bytes to a reader.
   *
   * @param reader - The reader; its records are no longer valid.
   * @returns `false` at the end.
   * @throws {InputError} When reading fails.
   */
  async fill(reader: CaptureReader): Promise<boolean> {
    if (this.isFresh) return this.begin(reader);
    if (this.unpacker !== undefined) return this.fillUnpacked(this.unpacker, reader);
    for (;;) {
      const length = this.read(reader.space());
      reader.added(length);
      if (length > 0) return true;
      if (this.following === undefined || this.following.ended) return false;
      this.onCaughtUp();
      await sleep(FOLLOW_MS);
    }
  }

  /** Closes the file. */
  close(): void {
    this.unpacker?.close();
    if (this.descriptor !== 0) closeSync(this.descriptor);
  }

  private async begin(reader: CaptureReader): Promise<boolean> {
    this.isFresh = false;
    const first = this.readBeginning();
    const makeUnpacker = this.unpackerOf(first);
    if (makeUnpacker === undefined) {
      reader.add(first);
      return first.length > 0 || (this.following !== undefined && this.fill(reader));
    }
    if (this.following !== undefined) throw this.packedFault();
    this.unpacker = new Unpacker(makeUnpacker(), this.packedChunks(first));
    return this.fillUnpacked(this.unpacker, reader);
  }

  /** At least the four bytes by which packed files are recognized, unless there are fewer. */
  private readBeginning(): Uint8Array {
    const chunk = new Uint8Array(CHUNK);
    let length = this.read(chunk);
    while (length > 0 && length < 4) {
      const more = this.read(chunk.subarray(length));
      if (more === 0) break;
      length += more;
    }
    return chunk.subarray(0, length);
  }

  private unpackerOf(first: Uint8Array): (() => Transform) | undefined {
    if (first.length < 4) return undefined;
    const view = new DataView(first.buffer, first.byteOffset);
    if (view.getUint16(0) === GZIP) return zlib.createGunzip;
    if (view.getUint32(0) !== ZSTD) return undefined;
    const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
    return createZstdDecompress;
  }

  private async fillUnpacked(unpacker: Unpacker, reader: CaptureReader): Promise<boolean> {
    try {
      const chunk = await unpacker.next();
      if (chunk === undefined) return false;
      reader.add(chunk);
      return true;
    } catch (error) {
      if (error instanceof InputError) throw error;
      this.damage = `cannot be unpacked further: ${(error as Error).message}`;
      return false;
    }
  }

  private *packedChunks(first: Uint8Array): Iterable<Uint8Array> {
    yield first;
    for (;;) {
      const chunk = new Uint8Array(CHUNK);
      const length = this.read(chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  }

  private read(chunk: Uint8Array): number {
    for (;;) {
      try {
        const length = readSync(this.descriptor, chunk);
        this.readBytes += length;
        return length;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EOF') return 0;
        if (code !== 'EAGAIN') throw this.failure(error);
        pause();
      }
    }
  }

  private packedFault(): InputError {
    const wayOut = `gzip -dc ${this.name} | ipvs translate … - OUT`;
    return new InputError(
      `${this.name}: is packed: expected with --follow a file that grows as it is, or '${wayOut}'`,
    );
  }

  private failure(error: unknown): InputError {
    return new InputError(`${this.name}: cannot be read: ${fileErrorReason(error)}`);
  }
}
