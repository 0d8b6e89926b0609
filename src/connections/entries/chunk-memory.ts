/**
 * Memory for the chunks of the connection table.
 *
 * V8 begins to collect garbage whenever 64 MB were taken outside its heap, each time a pause of a few milliseconds,
 * although a table that grows leaves none behind. It does not count memory that may be shared between threads,
 * so whole chunks are made of that; nothing here is ever shared. It is given back when its table is collected.
 */

/** Words below which memory is counted: small tables, of which there may be many. */
const FEWEST_WORDS = 1 << 15;

/** Words that are all 0. */
export function chunkOf(words: number): Int32Array {
  // Pages in a browser have no memory that may be shared, unless they ask for it.
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
