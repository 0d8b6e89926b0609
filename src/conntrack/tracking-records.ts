/**
 * The records of tracked connections by number, in chunks: a number is the slot of a connection table, so a packet
 * whose entry is known needs no look-up. Cost: 40 bytes per number in use, in chunks of 4,096.
 */
import { FLAGS, RECORD_WORDS, STATE_BITS } from './record.js';

const CHUNK_SHIFT = 12;
const CHUNK_MASK: number = (1 << CHUNK_SHIFT) - 1;
const FEWEST = 64;
const NOTHING = new Int32Array(0);

/** Records by number. */
export class TrackingRecords {
  private readonly chunks: Int32Array[] = [];

  /** Bytes of all records. */
  get bytes(): number {
    return this.chunks.reduce((bytes, chunk) => bytes + chunk.byteLength, 0);
  }

  /**
   * The array with a record.
   *
   * @param number - The record's number, which has memory; see {@link TrackingRecords.reserve}.
   * @returns Words of many records.
   */
  wordsOf(number: number): Int32Array {
    return this.chunks[number >>> CHUNK_SHIFT];
  }

  /**
   * The array with a record, which may have no memory.
   *
   * @param number - The record's number.
   * @returns Words of many records, which end before those of a record without memory.
   */
  chunkOf(number: number): Int32Array {
    const chunk = number >>> CHUNK_SHIFT;
    return chunk < this.chunks.length ? this.chunks[chunk] : NOTHING;
  }

  /**
   * Where a record is in its array.
   *
   * @param number - The record's number.
   * @returns Index of its first word.
   */
  offsetOf(number: number): number {
    return (number & CHUNK_MASK) * RECORD_WORDS;
  }

  /**
   * The flags of a record.
   *
   * @param number - Its number.
   * @returns State and flags; 0 without memory.
   */
  flagsOf(number: number): number {
    const words = this.chunkOf(number);
    const at = this.offsetOf(number) + FLAGS;
    return at < words.length ? words[at] : 0;
  }

  /**
   * Whether a connection is stored under a number; it may be over.
   *
   * @param number - The record's number.
   * @returns `false` when it has no state.
   */
  has(number: number): boolean {
    return (this.flagsOf(number) & STATE_BITS) !== 0;
  }

  /**
   * Gives a record memory.
   *
   * @param number - Its number, 0 or more.
   */
  reserve(number: number): void {
    const chunk = number >>> CHUNK_SHIFT;
    while (this.chunks.length <= chunk) this.chunks.push(NOTHING);
    const present = this.chunks[chunk];
    const needed = this.offsetOf(number) + RECORD_WORDS;
    if (needed <= present.length) return;
    let length = Math.max(FEWEST * RECORD_WORDS, present.length * 2);
    while (length < needed) length *= 2;
    const enlarged = new Int32Array(length);
    enlarged.set(present);
    this.chunks[chunk] = enlarged;
  }
}
