/**
 * The entries of the bucket that is being split, while they move to its two halves.
 */

const FEWEST = 64;

/** References in the order of their slots, with the hashes and fingerprints of their clients. */
export class SplitEntries {
  references: Int32Array = new Int32Array(FEWEST);
  hashes: Int32Array = new Int32Array(FEWEST);
  fingerprints: Int32Array = new Int32Array(FEWEST);
  /** The buckets that they belong to after the split; the caller sets them. */
  buckets: Int32Array = new Int32Array(FEWEST);
  /** How many there are. */
  count = 0;

  /** Appends an entry. */
  add(reference: number, fingerprint: number, hash: number): void {
    if (this.count === this.references.length) this.enlarge();
    this.references[this.count] = reference;
    this.fingerprints[this.count] = fingerprint;
    this.hashes[this.count] = hash;
    this.count += 1;
  }

  private enlarge(): void {
    const { references, fingerprints, hashes } = this;
    this.references = doubled(references);
    this.fingerprints = doubled(fingerprints);
    this.hashes = doubled(hashes);
    this.buckets = new Int32Array(this.references.length);
  }
}

function doubled(words: Int32Array): Int32Array {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
