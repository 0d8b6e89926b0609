/**
 * The way through the groups in which entries with a hash can stand: the group of the hash, and those that
 * follow it.
 */
import { IndexGroups, linkAt, nextGroup, placesOf, tagOf } from './index-groups.js';

const NONE = -1;

/** {@link IndexGroups} and a place in them. */
export class GroupWalk extends IndexGroups {
  /** Where the present group is, which of its places have the tag and are yet to be gone to, and the tag. */
  protected words: Int32Array = this.memory.chunks[0];
  protected base = 0;
  protected places = 0;
  protected tag = 0;

  /**
   * The next entry that may have the hash, while the index stays as it is.
   *
   * @returns A slot, or −1.
   */
  next(): number {
    while (this.places === 0) if (!this.goOn()) return NONE;
    const link = this.words[linkAt(this.base, this.places)];
    this.places &= this.places - 1;
    return link - 1;
  }

  /** Goes to the group of a hash. */
  protected enter(hash: number): void {
    const group = this.address.of(hash);
    this.tag = tagOf(hash);
    this.words = this.memory.wordsOf(group);
    this.base = this.memory.baseOf(group);
    this.places = placesOf(this.words, this.base, this.tag);
  }

  /** Goes on to the group that follows the present one, if there is one. */
  protected goOn(): boolean {
    const link = nextGroup(this.words, this.base);
    if (link !== 0) this.goTo(link);
    return link !== 0;
  }

  /** Goes to a further group. */
  protected goTo(link: number): void {
    this.words = this.further.wordsOf(link - 1);
    this.base = this.further.baseOf(link - 1);
    this.places = placesOf(this.words, this.base, this.tag);
  }
}
