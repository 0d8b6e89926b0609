/**
 * The entries of the index group that is being split, on their way to the two halves.
 */

const FEWEST = 64;

/** Links in the order of places, and what says where they belong. */
export class MovingEntries {
  links: Int32Array = new Int32Array(FEWEST);
  hashes: Int32Array = new Int32Array(FEWEST);
  fingerprints: Int32Array = new Int32Array(FEWEST);
  /** How many there are. */
  count = 0;

  /** Adds one behind the others; its hash is yet to be set. */
  add(link: number, fingerprint: number): void {
    if (this.count === this.links.length) this.enlarge();
    this.links[this.count] = link;
    this.fingerprints[this.count] = fingerprint;
    this.count += 1;
  }

  private enlarge(): void {
    const { links, fingerprints } = this;
    this.links = new Int32Array(this.count * 2);
    this.links.set(links);
    this.fingerprints = new Int32Array(this.count * 2);
    this.fingerprints.set(fingerprints);
    this.hashes = new Int32Array(this.count * 2);
  }
}
