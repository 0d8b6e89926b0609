/**
 * The entries of the bucket that is being split, while they move to its two halves.
 */

const FEWEST = 64;

/** References in the order of their slots, with the hashes and fingerprints of their clients. */
export class SplitEntries {
  references: Int32Array = new Int32Array(FEWEST);
  hashes: Int32Array = new Int32Array(FEWEST);
  fingerprints: Int32Array = new Int32Array(FEWEST);
  /** How many there are. */
  count = 0;

  /** Appends an entry; the caller sets its hash later. */
  add(reference: number, fingerprint: number): void {
    if (this.count === this.references.length) this.enlarge();
    this.references[this.count] = reference;
    this.fingerprints[this.count] = fingerprint;
    this.count += 1;
  }

  private enlarge(): void {
    const { references, fingerprints } = this;
    this.references = new Int32Array(this.count * 2);
    this.references.set(references);
    this.fingerprints = new Int32Array(this.count * 2);
    this.fingerprints.set(fingerprints);
    this.hashes = new Int32Array(this.count * 2);
  }
}
