/**
 * A small cache in front of the client index: the entries that IPv4 clients were found to have last.
 *
 * A hash of client and ports selects a line, which has one candidate. The caller compares its record with the key, so an
 * entry that was removed or belongs to another client is no danger; a newer entry with the same key would be, so each
 * insertion forgets its line. The hash has no key: clients that aim at a line make others look in the index, as they would
 * without this cache. Six bits of the hash are stored beside the candidate, so that few records of other clients are
 * read. Cost: one access to 16 kB, which are taken for the first candidate and do not count as memory of the table.
 */

/** How many lines there are, as a power of two. */
const LINE_BITS = 12;
/** Bits of the hash in a line: what the 26 bits of a slot number plus 1 leave. */
const TAG_BITS = 6;
const TAG: number = (1 << TAG_BITS) - 1;
/** Where they are in the hash: below the bits that select the line. */
const TAG_SHIFT: number = 32 - LINE_BITS - TAG_BITS;

/** Lines until an entry is remembered. */
const FEWEST = 2;
const NONE = -1;

/** Remembers entries that were found. */
export class RecentEntries {
  /** Whether any entry was ever remembered. */
  isUsed = false;
  /** The slot number plus 1 of each line's candidate, and its tag; 0 = none. */
  private lines = new Int32Array(FEWEST);
  /** By how much a hash is shifted to the number of its line. */
  private shift = 31;

  /**
   * The candidate of a client.
   *
   * @param client - Its address, signed.
   * @param ports - Both ports as one word, the client's in the high half.
   * @returns A slot, perhaps of another entry, or of one that was removed; −1 when there is none.
   */
  candidate(client: number, ports: number): number {
    const hash = hashOf(client, ports);
    const line = this.lines[hash >>> this.shift];
    return ((line ^ (hash >>> TAG_SHIFT)) & TAG) === 0 ? (line >>> TAG_BITS) - 1 : NONE;
  }

  /** Remembers the entry that a client was found to have; −1 forgets what it had. */
  remember(client: number, ports: number, slot: number): void {
    if (!this.isUsed) {
      this.isUsed = true;
      this.lines = new Int32Array(1 << LINE_BITS);
      this.shift = 32 - LINE_BITS;
    }
    const hash = hashOf(client, ports);
    this.lines[hash >>> this.shift] = ((slot + 1) << TAG_BITS) | ((hash >>> TAG_SHIFT) & TAG);
  }
}

/** Spreads clients over the lines: the factors are odd, and their bits look random. */
function hashOf(client: number, ports: number): number {
  return Math.imul(client + Math.imul(ports, 0x9e3779b1), 0x85ebca6b);
}
