/**
 * A word per slot that most tables never need: 0 until it is set. A chunk of slots takes memory for it only when
 * one of them is set.
 */
import { enlarged } from './chunk-memory.js';
import { CHUNK_MASK, CHUNK_SHIFT } from './record.js';

const FEWEST = 64;
const NOTHING = new Int32Array(0);

/** Words by slot number. */
export class OptionalColumn {
  private readonly chunks: Int32Array[] = [];

  /** Bytes of all words that have memory. */
  get bytes(): number {
    return this.chunks.reduce((bytes, chunk) => bytes + chunk.byteLength, 0);
  }

  /** Whether any word was ever set. */
  get isUsed(): boolean {
    return this.chunks.length !== 0;
  }

  /** Whether a slot's word has memory. */
  has(slot: number): boolean {
    const chunk = slot >> CHUNK_SHIFT;
    return chunk < this.chunks.length && (slot & CHUNK_MASK) < this.chunks[chunk].length;
  }

  /** A slot's word. */
  get(slot: number): number {
    return this.has(slot) ? this.chunks[slot >> CHUNK_SHIFT][slot & CHUNK_MASK] : 0;
  }

  /** Sets a slot's word, making memory for it if there is none. */
  set(slot: number, value: number): void {
    if (!this.has(slot)) this.makeRoom(slot);
    this.chunks[slot >> CHUNK_SHIFT][slot & CHUNK_MASK] = value;
  }

  private makeRoom(slot: number): void {
    const chunk = slot >> CHUNK_SHIFT;
    while (this.chunks.length <= chunk) this.chunks.push(NOTHING);
    const present = this.chunks[chunk];
    // The sizes are those of the first chunk of records while it grows: powers of two.
    let length = FEWEST;
    while (length <= (slot & CHUNK_MASK)) length *= 2;
    this.chunks[chunk] = enlarged(present, length);
  }
}
