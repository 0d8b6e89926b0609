/**
 * Memory for the chunks of the connection table.
 *
 * V8 starts a garbage collection after each 64 MB allocated outside its heap, a pause of a few milliseconds,
 * although a growing table leaves no garbage. It does not count memory that can be shared between threads,
 * so large chunks are made of that; none is ever shared. The memory is freed with its table.
 */

/** Smaller arrays use counted memory: there may be many small tables. */
const FEWEST_WORDS = 1 << 15;

/** Words that are all 0. */
export function chunkOf(words: number): Int32Array {
  // Browsers offer shared memory only to pages that ask for it.
  if (words < FEWEST_WORDS || typeof SharedArrayBuffer === 'undefined')
    return new Int32Array(words);
  return new Int32Array(new SharedArrayBuffer(4 * words));
}

/** A larger array that begins with the words of another one. */
export function enlarged(words: Int32Array, length: number): Int32Array {
  const larger = chunkOf(length);
  larger.set(words);
  return larger;
}
