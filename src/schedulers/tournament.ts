/**
 * The least key over the positions of a list, the greatest position (the newest server) on a tie.
 *
 * A knock-out tournament: each inner node of a binary tree over the positions holds the winner of
 * its two halves, so the champion stands at the root. Changing a key replays the matches on one
 * path, and stops where the outcome cannot change any more: O(log positions). A champion whose key
 * changes several times before the next question, as one that gets a connection does, is replayed
 * only once. For a few positions a scan of the keys is faster, and does without the tree.
 */

/** Up to this many positions the keys are scanned. */
const LONGEST_SCAN = 24;

/** Decides between two positions whose keys are equal as numbers but may differ exactly. */
export interface TieBreak {
  /**
   * Whether the exact key of one position is less than that of another.
   *
   * @param a - A position.
   * @param b - Another position with an equal key.
   * @returns `true` when `a` is really less.
   */
  isLess(a: number, b: number): boolean;
}

const NO_TIES: TieBreak = { isLess: () => false };

/** Finds the position with the least key. */
export class Tournament {
  private keys: Float64Array = new Float64Array(LONGEST_SCAN).fill(Infinity);
  /** Winners by node; node 1 is the root, the children of i are 2i and 2i + 1; empty while scanning. */
  private winners: Int32Array = new Int32Array(0);
  /** One more than the greatest position that ever had a key. */
  private length = 0;
  /** The position whose matches are not yet replayed, or −1. */
  private stale = -1;
  private readonly ties: TieBreak;

  /** @param ties - Decides between equal keys; default: the greater position wins. */
  constructor(ties: TieBreak = NO_TIES) {
    this.ties = ties;
  }

  /**
   * Writes the key of a position.
   *
   * @param position - An integer, 0 or more.
   * @param key - Any number, `Infinity` for a position that cannot win.
   */
  set(position: number, key: number): void {
    if (position >= this.length) this.extend(position + 1);
    if (this.stale !== position && this.winners.length > 0) {
      this.settle();
      this.stale = position;
    }
    this.keys[position] = key;
  }

  /** Takes all keys out. */
  clear(): void {
    this.keys = new Float64Array(LONGEST_SCAN).fill(Infinity);
    this.winners = new Int32Array(0);
    this.length = 0;
    this.stale = -1;
  }

  /**
   * Finds the winner.
   *
   * @returns The position with the least key, or −1 when every key is `Infinity`.
   */
  winner(): number {
    if (this.winners.length === 0) return this.scan();
    this.settle();
    const champion = this.winners[1] as number;
    return this.keys[champion] === Infinity ? -1 : champion;
  }

  private scan(): number {
    const keys = this.keys;
    let best = -1;
    let least = Infinity;
    for (let position = this.length - 1; position >= 0; position--) {
      const key = keys[position] as number;
      if (key < least || (key === least && best >= 0 && this.ties.isLess(position, best))) {
        best = position;
        least = key;
      }
    }
    return best;
  }

  /** Replays the matches of the stale position. */
  private settle(): void {
    const changed = this.stale;
    if (changed < 0) return;
    this.stale = -1;
    const winners = this.winners;
    let node = (changed + winners.length) >>> 1;
    let winner = this.match(changed & ~1, changed | 1);
    while (winner !== winners[node] || winner === changed) {
      winners[node] = winner;
      if (node === 1) return;
      winner = this.match(winners[node & ~1] as number, winners[node | 1] as number);
      node >>>= 1;
    }
  }

  private match(older: number, newer: number): number {
    const a = this.keys[older] as number;
    const b = this.keys[newer] as number;
    return a < b || (a === b && this.ties.isLess(older, newer)) ? older : newer;
  }

  private extend(length: number): void {
    this.length = length;
    if (length <= this.keys.length) return;
    const keys = new Float64Array(2 ** Math.ceil(Math.log2(length))).fill(Infinity);
    keys.set(this.keys);
    this.keys = keys;
    this.rebuild();
  }

  private rebuild(): void {
    const leaves = this.keys.length;
    const winners = new Int32Array(leaves);
    for (let node = leaves - 1; node >= 1; node--) {
      const left = 2 * node;
      winners[node] =
        left >= leaves
          ? this.match(left - leaves, left - leaves + 1)
          : this.match(winners[left] as number, winners[left + 1] as number);
    }
    this.winners = winners;
    this.stale = -1;
  }
}
