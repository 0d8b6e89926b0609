/**
 * One word per slot that few tables need: 0 until it is set. A chunk of 4,096 slots takes memory when one is set.
 */

const CHUNK_SHIFT = 12;
const CHUNK_MASK: number = (1 << CHUNK_SHIFT) - 1;

/** Words by slot. */
export class SlotColumn {
  private readonly chunks: (Int32Array | undefined)[] = [];

  /** Bytes of all words that have memory. */
  get bytes(): number {
    return this.chunks.reduce((bytes, chunk) => bytes + (chunk?.byteLength ?? 0), 0);
  }

  /**
   * Reads a word.
   *
   * @param slot - Its slot.
   * @returns The word, signed.
   */
  get(slot: number): number {
    return this.chunks[slot >>> CHUNK_SHIFT]?.[slot & CHUNK_MASK] ?? 0;
  }

  /**
   * Writes a word.
   *
   * @param slot - Its slot.
   * @param word - The word.
   */
  set(slot: number, word: number): void {
    const chunk = slot >>> CHUNK_SHIFT;
    const words = this.chunks[chunk];
    if (words !== undefined) words[slot & CHUNK_MASK] = word;
    else if (word !== 0) {
      const made = new Int32Array(CHUNK_MASK + 1);
      made[slot & CHUNK_MASK] = word;
      this.chunks[chunk] = made;
    }
  }
}
