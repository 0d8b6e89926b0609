/**
 * The entries of the bucket that is being split, divided into those that stay and those that move to the new bucket.
 */

const FEWEST = 64;
/** Words after the last entry, so that all slots of a bucket can be read from one on. */
const SPARE = 8;

/** Entries of one bucket after the split, in the order of their slots. */
export class Half {
  /** The references of the entries. */
  references: Int32Array = new Int32Array(FEWEST);
  /** The fingerprints of their clients. */
  fingerprints: Int32Array = new Int32Array(FEWEST);
  /** How many there are; what follows is undefined. */
  count = 0;

  /** Makes room for one entry more. */
  enlarge(): void {
    this.references = doubled(this.references);
    this.fingerprints = doubled(this.fingerprints);
  }
}

/** Both halves of a bucket. */
export class SplitEntries {
  /** The entries that stay. */
  readonly staying: Half = new Half();
  /** The entries that move. */
  readonly moving: Half = new Half();

  /** Removes all entries. */
  clear(): void {
    this.staying.count = 0;
    this.moving.count = 0;
  }

  /**
   * Appends an entry to a half. It is written to both, and counts in one: where it belongs is unpredictable.
   *
   * @param reference - The reference.
   * @param fingerprint - The fingerprint of its client.
   * @param moves - 1 when it moves, 0 when it stays.
   */
  add(reference: number, fingerprint: number, moves: number): void {
    const { staying, moving } = this;
    if (staying.count + SPARE > staying.references.length) staying.enlarge();
    if (moving.count + SPARE > moving.references.length) moving.enlarge();
    staying.references[staying.count] = reference;
    staying.fingerprints[staying.count] = fingerprint;
    moving.references[moving.count] = reference;
    moving.fingerprints[moving.count] = fingerprint;
    staying.count += 1 - moves;
    moving.count += moves;
  }
}

function doubled(words: Int32Array): Int32Array {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
