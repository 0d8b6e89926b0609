/**
 * Memory for buckets of the client index, in chunks that grow.
 *
 * A bucket has 16 words, one cache line.
 */
import { chunkOf, enlarged } from '../entries/chunk-memory.js';

/** Words per bucket, as a power of two. */
const BUCKET_SHIFT = 4;
/** Buckets per chunk, as a power of two. */
const CHUNK_SHIFT = 12;
/** The bits of a bucket number that count within its chunk. */
const CHUNK_MASK: number = (1 << CHUNK_SHIFT) - 1;
/**
 * Padding that aligns buckets to cache lines: large allocations start 16 bytes after a page boundary, and 12 words
 * make it 64.
 */
const PADDING = 12;

/** The words of numbered buckets. */
export class BucketMemory {
  private readonly chunks: Int32Array[] = [];

  /** Bytes of all buckets. */
  get bytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks) bytes += chunk.byteLength;
    return bytes;
  }

  /** The chunk of a bucket. */
  wordsOf(bucket: number): Int32Array {
    return this.chunks[bucket >>> CHUNK_SHIFT];
  }

  /** The index of a bucket's first word in its chunk. */
  baseOf(bucket: number): number {
    return ((bucket & CHUNK_MASK) << BUCKET_SHIFT) + PADDING;
  }

  /** Allocates memory for the next bucket, if it has none. */
  makeRoom(bucket: number): void {
    const chunk = bucket >>> CHUNK_SHIFT;
    const present = this.chunks[chunk];
    if (present === undefined) {
      this.chunks.push(chunkOf(wordsFor(chunk === 0 ? 2 : 1 << CHUNK_SHIFT)));
      return;
    }
    const buckets = (present.length - PADDING) >>> BUCKET_SHIFT;
    if ((bucket & CHUNK_MASK) >= buckets) {
      this.chunks[chunk] = enlarged(present, wordsFor(buckets * 2));
    }
  }
}

function wordsFor(buckets: number): number {
  return PADDING + (buckets << BUCKET_SHIFT);
}
