/**
 * The way through the groups in which entries of a client can stand: the group of its hash, and those that
 * follow it.
 */
import { slotOf } from './references.js';
import { IndexGroups } from './buckets.js';

const NONE = -1;

/** {@link IndexGroups} and a place in them. */
export class GroupWalk extends IndexGroups {
  /** Where the present group is. */
  protected words: Int32Array = this.memory.chunks[0];
  protected base = 0;
  /** The client's fingerprint, and which places of the present group have it and are yet to be gone to. */
  protected fingerprint = 0;
  protected places = 0;

  /**
   * The next entry that may be the client's, while the index stays as it is.
   *
   * @returns A slot, or −1.
   */
  next(): number {
    for (;;) {
      while (this.places === 0) if (!this.goOn()) return NONE;
      const slot = slotOf(this.words[this.linkAt(this.base, this.places)]);
      this.places = this.placesBehind(this.places);
      // A fingerprint of 0 is also that of free places.
      if (slot !== NONE) return slot;
    }
  }

  /** Goes to a group, to look for a fingerprint from there on. */
  protected enter(group: number, fingerprint: number): void {
    this.fingerprint = fingerprint;
    this.words = this.memory.wordsOf(group);
    this.base = this.memory.baseOf(group);
    this.places = this.placesOf(this.words, this.base, fingerprint);
  }

  /** Goes on to the group that follows the present one, if there is one. */
  protected goOn(): boolean {
    const link = this.nextGroup(this.words, this.base);
    if (link !== 0) this.goTo(link);
    return link !== 0;
  }

  /** Goes to a further group. */
  protected goTo(link: number): void {
    this.words = this.further.wordsOf(link - 1);
    this.base = this.further.baseOf(link - 1);
    this.places = this.placesOf(this.words, this.base, this.fingerprint);
  }
}
