/**
 * Entries that wait to be put into the client index, or taken out of it: some at a time can be dealt with for
 * little more than the price of one, since memory is slow for all of them at once.
 */

/** How many can wait. */
const MOST_WAITING = 16;

/** Links and hashes of entries that wait. */
export class WaitingEntries {
  /** Their slot numbers plus 1. */
  readonly links: Int32Array = new Int32Array(MOST_WAITING);
  /** The hashes of their clients. */
  readonly hashes: Int32Array = new Int32Array(MOST_WAITING);
  /** How many wait. */
  count = 0;

  /** Adds an entry; there has to be room. Gives whether there is no more room. */
  add(link: number, hash: number): boolean {
    this.links[this.count] = link;
    this.hashes[this.count] = hash;
    this.count += 1;
    return this.count === MOST_WAITING;
  }
}
