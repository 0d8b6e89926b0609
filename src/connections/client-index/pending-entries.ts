/**
 * Entries that wait to be put into the client index, or taken out of it: some at a time can be dealt with for
 * little more than the price of one, since memory is slow for all of them at once.
 */

/** How many can wait. */
const MOST_WAITING = 16;

/** Entries that wait, and where they belong. */
export class WaitingEntries {
  readonly slots: Int32Array = new Int32Array(MOST_WAITING);
  /** The groups of their clients, which stay the same as long as some wait. */
  readonly groups: Int32Array = new Int32Array(MOST_WAITING);
  /** The fingerprints of their clients. */
  readonly fingerprints: Int32Array = new Int32Array(MOST_WAITING);
  /** How many wait. */
  count = 0;

  /** Adds an entry; there has to be room. Gives whether there is no more room. */
  add(slot: number, group: number, fingerprint: number): boolean {
    this.slots[this.count] = slot;
    this.groups[this.count] = group;
    this.fingerprints[this.count] = fingerprint;
    this.count += 1;
    return this.count === MOST_WAITING;
  }

  /** Whether an entry waits here. */
  has(slot: number): boolean {
    for (let i = 0; i < this.count; i++) if (this.slots[i] === slot) return true;
    return false;
  }
}
