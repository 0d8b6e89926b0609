/**
 * Unpacks a file piece by piece, as its reader asks for more.
 *
 * A piece is short, so that little is in memory even if it unpacks to a thousand times its length. What was unpacked
 * in front of damage is given before the damage is: a file whose checksum is wrong at its very end is read as a whole.
 */
import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';

const PIECE = 1 << 14;
/** Bytes at the end of a packed file that hold no content: the checksum and length of gzip. */
const TRAILER = 8;

/** The unpacked bytes of a file. */
export class Unpacker {
  private readonly transform: Transform;
  private readonly pieces: Iterator<Uint8Array>;
  private readonly ready: Uint8Array[] = [];
  private hasEnded = false;
  private damage: unknown = undefined;

  /**
   * @param transform - Unpacks.
   * @param chunks - The packed bytes; each chunk stays as it is.
   */
  constructor(transform: Transform, chunks: Iterable<Uint8Array>) {
    this.transform = transform;
    this.pieces = piecesOf(chunks);
    transform.on('data', (chunk: Uint8Array) => this.ready.push(chunk));
    // Writing and ending report it, too.
    transform.on('error', () => undefined);
  }

  /**
   * The next unpacked bytes.
   *
   * @returns `undefined` at the end.
   * @throws {Error} What unpacking or reading reports.
   */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.ready.shift();
      if (chunk !== undefined) return chunk;
      if (this.damage !== undefined) throw this.damage;
      if (this.hasEnded) return undefined;
      await this.unpack(this.pieces.next());
    }
  }

  /** Gives up what is left. */
  close(): void {
    this.transform.destroy();
  }

  private async unpack({ done, value }: IteratorResult<Uint8Array>): Promise<void> {
    try {
      if (done !== true) {
        await written(this.transform, value);
        return;
      }
      this.hasEnded = true;
      this.transform.end();
      await finished(this.transform);
    } catch (error) {
      this.damage = error;
    }
  }
}

/** A write that fails does not call back. */
function written(transform: Transform, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    transform.once('error', reject);
    transform.write(piece, () => {
      transform.off('error', reject);
      resolve();
    });
  });
}

/** The trailer is a piece of its own: what unpacks together with damage is lost. */
function* piecesOf(chunks: Iterable<Uint8Array>): Generator<Uint8Array, undefined> {
  let held = new Uint8Array(0);
  for (const chunk of chunks) {
    const bytes = Buffer.concat([held, chunk]);
    const end = Math.max(0, bytes.length - TRAILER);
    for (let at = 0; at < end; at += PIECE) yield bytes.subarray(at, Math.min(end, at + PIECE));
    held = bytes.subarray(end);
  }
  if (held.length > 0) yield held;
  return undefined;
}
