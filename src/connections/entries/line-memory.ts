/**
 * Memory that is used by the cache line: buckets of the client index, and wheel slots of timers. Its chunks grow.
 */
import { chunkOf, enlarged } from './chunk-memory.js';

/** Words per line, as a power of two. */
const LINE_SHIFT = 4;
/** Lines per chunk, as a power of two. */
const CHUNK_SHIFT = 12;
/** The bits of a line number that count within its chunk. */
const CHUNK_MASK: number = (1 << CHUNK_SHIFT) - 1;
/**
 * Padding that aligns them to cache lines: large allocations start 16 bytes after a page boundary, and 12 words
 * make it 64.
 */
const PADDING = 12;

/** The words of numbered lines. */
export class LineMemory {
  private readonly chunks: Int32Array[] = [];

  /** Bytes of all lines. */
  get bytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks) bytes += chunk.byteLength;
    return bytes;
  }

  /** The chunk of a line. */
  wordsOf(line: number): Int32Array {
    return this.chunks[line >>> CHUNK_SHIFT];
  }

  /** The index of a line's first word in its chunk. */
  baseOf(line: number): number {
    return ((line & CHUNK_MASK) << LINE_SHIFT) + PADDING;
  }

  /** Allocates memory for the next line, if it has none. */
  makeRoom(line: number): void {
    const chunk = line >>> CHUNK_SHIFT;
    const present = this.chunks[chunk];
    if (present === undefined) {
      this.chunks.push(chunkOf(wordsFor(chunk === 0 ? 2 : 1 << CHUNK_SHIFT)));
      return;
    }
    const lines = (present.length - PADDING) >>> LINE_SHIFT;
    if ((line & CHUNK_MASK) >= lines) {
      this.chunks[chunk] = enlarged(present, wordsFor(lines * 2));
    }
  }
}

function wordsFor(lines: number): number {
  return PADDING + (lines << LINE_SHIFT);
}
